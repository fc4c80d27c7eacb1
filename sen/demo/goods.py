"""What is seized in the demonstration: goods, where they are found, and what warrants immediate notice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from accounts import actions
from reports.models import Seizure, Threshold

Class, Unit = Seizure.Class, Seizure.Unit


@dataclass(frozen=True)
class Goods:
    """One class of goods: the usual range of quantity, the figure that warrants notice, the value of one unit."""

    goods: str
    noun: str
    unit: str
    least: float
    notice: float
    each: float
    descriptions: tuple[str, ...]
    whole: bool = False


GOODS: tuple[Goods, ...] = (
    Goods(Class.FENTANYL, "fentanyl", Unit.KILOGRAM, 0.2, 10, 26000,
          ("Blue pressed tablets in heat-sealed bags", "Off-white powder in taped bricks")),
    Goods(Class.COCAINE, "cocaine", Unit.KILOGRAM, 1, 50, 31000,
          ("Brick-shaped packages wrapped in black tape", "Packages stamped with a horseshoe mark")),
    Goods(Class.METHAMPHETAMINE, "methamphetamine", Unit.KILOGRAM, 1, 50, 7000,
          ("Crystalline substance in vacuum-sealed bags", "Clear crystals in plastic food containers")),
    Goods(Class.HEROIN, "heroin", Unit.KILOGRAM, 0.2, 10, 48000, ("Brown powder in wax-paper bundles",)),
    Goods(Class.MARIJUANA, "marijuana", Unit.POUND, 20, 1000, 900, ("Vacuum-sealed packages of plant material",)),
    Goods(Class.CURRENCY, "United States currency", Unit.USD, 12000, 500000, 1,
          ("Banded notes of mixed denominations", "Notes in rubber-banded stacks, mostly twenties"), whole=True),
    Goods(Class.FIREARM, "firearms", Unit.ITEM, 1, 25, 650,
          ("Semi-automatic pistols, some with obliterated serial numbers", "Rifles and pistols, unloaded"), whole=True),
    Goods(Class.AMMUNITION, "ammunition", Unit.ROUND, 200, 10000, 0.6,
          ("Boxed rifle cartridges of two calibers",), whole=True),
    Goods(Class.COUNTERFEIT, "counterfeit goods", Unit.ITEM, 40, 5000, 85,
          ("Handbags and watches bearing false marks", "Airbag inflators without maker's marks",
           "Earphones in copied packaging"), whole=True),
    Goods(Class.CULTURAL, "cultural property", Unit.ITEM, 1, 50, 9000,
          ("Painted ceramic vessels without papers", "Carved stone fragments"), whole=True),
    Goods(Class.DIGITAL, "a hardware wallet", Unit.ITEM, 1, 20, 40000,
          ("Hardware wallet with a written recovery phrase",), whole=True),
)  # fmt: skip
# What one finds more of is listed more often.
USUAL: tuple[Goods, ...] = (*GOODS, *GOODS[:3], *GOODS[:3], GOODS[5], GOODS[5], GOODS[6], GOODS[8])

# Class, measure, figure, unit: demonstration figures, since no real ones are published.
NOTICES: tuple[tuple[str, str, int, str], ...] = (
    *((g.goods, "quantity", int(g.notice), g.unit) for g in GOODS if g.goods not in (Class.CURRENCY, Class.DIGITAL)),
    (Class.CURRENCY, "estimated_value", 500000, ""),
    ("", "estimated_value", 2000000, ""),
)


def make_thresholds() -> None:
    """Add the demonstration figures that are missing; one that an administrator changed stands as it is."""
    there = set(Threshold.objects.values_list("goods", "measure", "unit"))
    for goods, measure, figure, unit in NOTICES:
        if (goods, measure, unit) not in there:
            row = Threshold(goods=goods, measure=measure, at_least=Decimal(figure), unit=unit)
            actions.save_reference(row, by=None)


def quantity_of(rng: Random, goods: Goods) -> Decimal:
    """Mostly well below the figure that warrants notice; now and then over it."""
    top = goods.notice * (rng.uniform(1.02, 2.4) if rng.random() < 0.035 else rng.uniform(0.02, 0.9) ** 1.6)
    amount = max(goods.least, min(top, 1_900_000 / goods.each))
    return Decimal(max(1, round(amount))) if goods.whole else Decimal(str(round(amount, 2)))


def value_of(goods: Goods, quantity: Decimal) -> Decimal:
    return Decimal(max(1, round(float(quantity) * goods.each))).quantize(Decimal(1))


def measured(goods: Goods, quantity: Decimal) -> str:
    """The quantity as the narrative says it."""
    if goods.unit == Unit.USD:
        return f"${quantity:,} in {goods.noun}"
    if goods.goods == Class.DIGITAL:
        return "a hardware wallet" if quantity == 1 else f"{quantity} hardware wallets"
    if goods.unit == Unit.ITEM:
        if goods.goods == Class.FIREARM:
            return f"{quantity:,} firearm{'s' if quantity != 1 else ''}"
        return f"{quantity:,} item{'s' if quantity != 1 else ''} of {goods.noun}"
    return f"{quantity:,} {Unit(goods.unit).label} of {goods.noun}"
