// While typing: says beside a field that what is in it looks like a Social Security number. Only a hint, with the rules
// of privacy/guard.py (docs/ssn-guard.md); the server decides. Nothing is sent, and nothing typed is kept.
import { announce, icon, make } from "./page.js";

// -- The text as it is read: plain digits and separators, nothing invisible ------------------------------------------
const DIGITS = { zero: 0, oh: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9 };
const MARKS = { dash: "-", hyphen: "-", minus: "-", slash: "/", stroke: "/", point: ".", period: ".", dot: ".", underscore: "_", space: " " };
const WORD = `(?:${Object.keys(DIGITS).join("|")}|[0-9])`;
const SPELLED = new RegExp(`(?<![a-z])${WORD}(?:[\\s,._/-]{0,10}${WORD}){3,}`, "gi");
const SAID = new RegExp(`(?<![a-z])(${Object.keys(MARKS).join("|")})(?![a-z])`, "gi");
const NUMERAL = /\p{Nd}/u;

function digit(sign) {
  const plain = sign.normalize("NFKD");
  if (/^[0-9]$/.test(plain)) return plain;
  let zero = sign.codePointAt(0);
  while (NUMERAL.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((sign.codePointAt(0) - zero) % 10);
}

function plain(sign) {
  if (NUMERAL.test(sign)) return digit(sign);
  if (/[\p{Cf}\p{Mn}\p{Me}\u115f\u1160\u3164\uffa0]/u.test(sign)) return "";
  if (/[\p{Pd}−⁃➖－˗ー一]/u.test(sign)) return "-";
  if (/[·․‧∙•．。⋅‣・｡]/u.test(sign)) return ".";
  if (/[\s\u2800]/u.test(sign)) return " ";
  if (/\p{Sc}/u.test(sign)) return "$";
  const first = sign.normalize("NFKD")[0];
  return first > " " && first < "\x7f" ? first : "\x01";
}

function folded(text) {
  return text.replace(/[^\x00-\x7f]/gu, plain).replace(/[\x00-\x08\x0e-\x1f\x7f]/g, (sign) => (sign === "\x01" ? sign : ""))
    .replace(/&#x?2d;|&#(?:8208|8209|8211|8212|45);|&(?:ndash|mdash|minus|dash);|%2d/gi, "-")
    .replace(/&#(?:32|160|x20|xa0);|&(?:nbsp|thinsp);|%20/gi, " ").replace(/&shy;|&#173;|&zwnj;|&#8203;/gi, "").replace(/&#46;|&#x2e;|%2e/gi, ".")
    .replace(/&#(4[89]|5[0-7]);/g, (_, code) => String.fromCharCode(code)).replace(/&#x3([0-9]);|%3([0-9])/gi, (_, one, other) => one ?? other)
    .replace(SAID, (word) => MARKS[word.toLowerCase()])
    .replace(SPELLED, (run) => run.replace(/[a-z]+?(?=zero|oh|one|two|three|four|five|six|seven|eight|nine|[^a-z]|$)/gi, (word) => DIGITS[word.toLowerCase()] ?? word));
}

// -- What the words around a number say ------------------------------------------------------------------------------
const [RIGHT, BEFORE, FAR, AFTER] = [6, 48, 90, 32];
const SAYS_SSN = new RegExp(String.raw`(?:(?<![a-z])(?:s[\W_]{0,2}s[\W_]{0,2}n(?:[\W_]{0,2}s(?![a-z]))?|ssans?|(?:social|soical|socail|socal)(?!\W{1,3}(?:media|network|club|work|service|event|distanc))(?:\W{1,3}sec[a-z]*)?|soc\W{0,3}sec[a-z]*|soc(?=\W{0,2}(?:#|no|num|is|:))|(?:soc|ss)(?=\W{1,3}$)|sosh|security\W{1,2}(?=number|no|num|#)|s\W?s\W{0,2}(?:#|no(?![a-z])|num[a-z]*|:)|i\W?t\W?i\W?n\W?s?|tins?|tax\W?payers?(?:\W{1,2}id[a-z]*)?|tax\W{1,2}id[a-z]*)|(?<=[a-z])(?:ssns?|socialsec[a-z]*))(?![a-z])(?:\W{0,3}(?:(?:numbers?|num|nos?|nbr|nr)(?![a-z])|#))?`, "gi");
const SAYS_A_NUMBER = new RegExp(String.raw`(?<![a-z])(?:a[-_\s]?(?:(?:#|nos?|nbrs?|num(?:ber)?s?)|file)(?:\(s\))?|aliens?(?:'s)?(?:[-_\s](?:registration|reg|file|id))?[-_\s.]{0,2}(?:#|nos?|nbrs?|num(?:ber)?s?)?|uscis[-_\s]?(?:#|nos?|nbrs?|num(?:ber)?s?)?|(?:ins|eoir)[-_\s]?(?:#|nos?|nbrs?|num(?:ber)?s?)|arn)(?![a-z])`, "gi");
const RIGHT_BEFORE = new RegExp(String.raw`^(?:\.?[\s:=#\"'(\[>_,;/-]{0,6}(?:(?:is|was|are|es)[\s:]{1,3})?)$`, "i");
const A_LETTER = new RegExp(String.raw`(?<![A-Za-z0-9])(?:[Aa][-#.:]{0,2}|A[-#.:\s]{0,3}|\(A\)\s?)$`, "");
const TIGHT_A_LETTER = new RegExp(String.raw`(?<![A-Za-z0-9])A[-#]{0,2}$`, "");
const A_LIST = new RegExp(String.raw`^(?:[\d\s,;:&/#()A-]*(?:and|or)?[\s#(A-]*)$`, "");
const BREAK = new RegExp(String.raw`[,;()\n]|\.\s|(?<![a-z])(?:and|or|but|with|while|also|then)(?![a-z])`, "i");
const SENTENCE = new RegExp(String.raw`[;!?\n]|\.\s`, "");
const NO_SSN = new RegExp(String.raw`(?<![a-z])(?:no|without|any|an|lacks|nor)\W{1,3}$`, "i");
const UNKNOWN = new RegExp(String.raw`(?<![a-z])(?:unknown|unk|none|n/a|refused|missing|withheld|pending|illegible|not\W{1,2}(?:given|known|available|provided|on|found))(?![a-z])`, "i");
const KINDS = new Set((
  "passport passports ppt ein fein phone phones tel telephone cell mobile fax pager call calls called calling " +
  "dial dialed texted zip postal routing aba rtn account accounts acct acc iban case cases file files ticket " +
  "tickets incident report reports track tracking confirmation order orders invoice po serial serials sn model " +
  "part badge plate plates tag tags license licenses licence dl dln oln driver vin imei imsi meid sim iccid " +
  "card cards visa visas sevis receipt receipts docket warrant booking inmate register registration duns npi " +
  "mmsi imo container containers seal seals lot lots batch sku upc isbn mac port lat latitude lon long " +
  "longitude gps grid amount amounts total totals sum claim claims policy policies member members employee ref " +
  "reference references record records evidence seizure exhibit item items manifest entry awb waybill lading " +
  "bol tail hull flight flights icm sir sen tecs event subpoena control petition application form bank loan " +
  "customer client user version build job message msg transaction txn wire transfer check cheque barcode fbi " +
  "ucn ncic fin fins usms bop dea permit contract purchase quote asset device pin code timestamp epoch weighs " +
  "population views student patient medical mrn medicare insurance parcel package shipment mileage odometer " +
  "hash size count employer spear tav ilead ileads fpf eori duty house unit firearm weapon bond currency " +
  "coordinates coordinate"
).split(" "));
const NEUTRAL = new Set((
  "number numbers num no nos nbr nr id ids code is was of the were as with at to on in under reads read and its " +
  "his her their for from which shows"
).split(" "));
const AMOUNTS = new Set((
  "usd eur mxn cad dollars dollar pesos euros bytes kb mb gb people miles km meters rows records views votes " +
  "units pounds kilos kg lbs"
).split(" "));

const words = (text) => text.toLowerCase().replaceAll("s/n", "serial").match(/[a-z]+/g) ?? [];
const last = (pattern, text) => [...text.matchAll(pattern)].at(-1);
const end = (found) => (found ? found.index + found[0].length : -1);

function isANumber(before, separated) {
  const near = before.slice(-BEFORE);
  if ((separated ? TIGHT_A_LETTER : A_LETTER).test(near)) return true;
  const said = end(last(SAYS_A_NUMBER, near));
  if (said <= end(last(SAYS_SSN, near))) return false;
  return !/\d/.test(near.slice(said)) || (!separated && A_LIST.test(near.slice(said)));
}

function labelsOther(before) {
  const said = words(before).slice(-4);
  while (said.length && NEUTRAL.has(said.at(-1))) said.pop();
  return said.length > 0 && KINDS.has(said.at(-1));
}

function speaksOn(before, between) {
  if (NO_SSN.test(before) || UNKNOWN.test(between)) return false;
  if (between.length > RIGHT && SENTENCE.test(between)) return false;
  if (between.length > BEFORE && /\d/.test(between)) return false;
  return !(labelsOther(between) && BREAK.test(between));
}

function saysBehind(after) {
  const word = [...after.slice(0, AFTER).matchAll(SAYS_SSN)][0];
  if (!word) return false;
  const between = after.slice(0, word.index);
  return !SENTENCE.test(between) && !/\d/.test(between) && !/^[\W_]{0,4}\d{3}/.test(after.slice(end(word)));
}

function saysSSN(before, after) {
  const said = last(SAYS_SSN, before);
  if (said && speaksOn(before.slice(0, said.index), before.slice(end(said)))) return true;
  return !labelsOther(before) && saysBehind(after);
}

function saysRightBefore(before, ein) {
  const said = last(SAYS_SSN, before);
  return Boolean(said) && RIGHT_BEFORE.test(before.slice(end(said))) && !(ein && /^t/i.test(said[0]));
}

const isPart = (before, after) => /[A-Za-z0-9_@=&?/\\.+$:#-]$|\$\s$|\+\d{1,3}\s$/.test(before)
  || /^(?:[A-Za-z0-9_@/\\=]|[.,:-]\d|\s?[$%]|\.[A-Za-z]{2,4}\b)/.test(after);

function isOther(before, after) {
  const sentence = before.slice(-BEFORE).split(/\.\s+(?=[A-Z])|[;\n]/).at(-1);
  const behind = words(after.slice(0, AFTER)).slice(0, 4);
  return words(sentence).slice(-6).some((word) => KINDS.has(word)) || AMOUNTS.has(behind[0]) || KINDS.has(behind[0])
    || (["is", "was"].includes(behind[0]) && behind.slice(1).some((word) => KINDS.has(word)));
}

function isWithin(before, after, first = "", second = "") {
  const mark = first.trim().slice(0, 1);
  if (mark && ((before.endsWith(mark) && /\d.$/s.test(before)) || (after.startsWith(mark) && /^.\d/s.test(after)))) return true;
  if (second.trim() === "." && (/(?<![A-Za-z])[NSEW]\s?$/.test(before) || /^'?\s?[NSEW]\b/.test(after))) return true;
  return /\+\d{1,3}[\s.(-]{0,2}$|[$€£]\s?$|[iI][sS][bB][nN][\W\d]{0,8}(?:1[03])?[:\s]*$/.test(before);
}

// -- The shapes of a number ------------------------------------------------------------------------------------------
const MARK = String.raw`[\s._/\\:|~*+=,;'"()\[\]{}<>#-]`;
const GAP = `${MARK}{1,24}`;
const shape = (name, pattern) => ({ name, pattern: new RegExp(pattern, "g") });
const SHAPES = [
  shape("separated", `[0-9](?<![0-9][0-9])[0-9]{2}(?<first>${GAP})[0-9]{2}(?<second>${GAP})[0-9]{4}(?![0-9])`),
  shape("spaced", `[0-9](?<apart>${MARK}{1,2})[0-9]\\k<apart>[0-9](?:(?!\\k<apart>[0-9])(?<first>${GAP})[0-9]\\k<apart>[0-9]`
    + `(?!\\k<apart>[0-9])${GAP}(?:[0-9]\\k<apart>){3}[0-9](?![0-9])|(?:\\k<apart>[0-9]){6,})`),
  shape("bare", `[0-9](?<![0-9][0-9])(?:[0-9]{8}|[0-9]{2}${MARK}{1,3}[0-9]{3}(?:${MARK}{1,3})?[0-9]{3})(?![0-9])`),
  shape("grouped", `[0-9](?<![0-9][0-9])(?<![0-9]${MARK}[0-9])(?<![0-9]${MARK}{2}[0-9])(?:${MARK}{0,4}[0-9]){8}(?![0-9]|[ ._,-][0-9])`),
  shape("mistyped", String.raw`(?<![A-Za-z0-9])(?=[OoIil\s._/-]{0,8}[0-9])[0-9OoIil]{3}[\s._/-]{0,3}[0-9OoIil]{2}[\s._/-]{0,3}[0-9OoIil]{4}(?![A-Za-z0-9])`),
];

function isAssigned(written) {
  if (written.replace(/\D/g, "").length < 5) return false;
  const digits = written.replace(/o/gi, "0").replace(/[il]/gi, "1").replace(/\D/g, "");
  const [area, group] = [digits.slice(0, 3), digits.slice(3, 5)];
  if (digits.length !== 9 || digits.slice(5) === "0000") return false;
  if (area[0] === "9") return group >= "70" && group !== "89" && group !== "93";
  return area !== "000" && area !== "666" && group !== "00";
}

function kind(gap) {
  const core = gap.replace(/\s+/g, "");
  if ((gap.match(/\n/g) ?? []).length > 2 || (gap.length - core.length > 3 && !gap.includes("\n"))) return null;
  if (!core) return " ";
  if (/^([-._/\\:|~*+=])\1{0,2}$/.test(core)) return core[0];
  return /^(?:[)\]}>]?[-._/]?[(\[{<]?|[(\[<][-./][)\]>])$/.test(core) ? "bracket" : "odd";
}

function isWritten(first, second) {
  const kinds = [kind(first), kind(second)];
  if (kinds.includes(null)) return null;
  return !kinds.includes("odd") && !(kinds.includes(".") && kinds.includes(" "));
}

function sureness(name, found, before, after) {
  const written = found[0];
  const gaps = name === "separated" ? [found.groups.first, found.groups.second] : name === "spaced" && found.groups.first ? ["-", "-"] : [];
  if (!isAssigned(written) || isANumber(before, gaps.length > 0)) return null;
  const groups = written.match(/[0-9]+/g).map((group) => group.length).join();
  if (saysRightBefore(before, groups === "2,7")) return true;
  const bare = ["9", "3,3,3", "3,6", "1,1,1,1,1,1,1,1,1"].includes(groups) && !(groups === "3,6" ? /[,;|:.]/ : /[,;|:]/).test(written);
  if (name === "mistyped" || !(gaps.length || bare)) return null;
  const inside = isWithin(before, after, ...(gaps.length ? gaps : written.match(/[^0-9]+/g) ?? []));
  const well = gaps.length ? isWritten(...gaps) : false;
  if (well && !inside) return true;
  if (inside || isPart(before, after) || (name === "spaced" && /^[ ._,-]?\d/.test(after))) return null;
  if (saysSSN(before, after)) return true;
  return well === null || isOther(before, after) ? null : false;
}

// "sure", "unsure" or "": what the worst of the numbers in a text is.
export function looksLike(text, label = "") {
  const said = label.replace(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/g, " ").trim();
  const whole = (said ? `${said}: ` : "") + folded(text);
  let worst = "";
  for (const { name, pattern } of SHAPES) {
    for (const found of whole.matchAll(pattern)) {
      const behind = found.index + found[0].length;
      const sure = sureness(name, found, whole.slice(Math.max(0, found.index - FAR), found.index), whole.slice(behind, behind + FAR));
      if (sure) return "sure";
      if (sure === false) worst = "unsure";
    }
  }
  return worst;
}

// -- The hint beneath a field ----------------------------------------------------------------------------------------
const SAY = {
  sure: "This looks like a Social Security number. It will not be saved.",
  unsure: "Nine digits: if this is a Social Security number, take it out.",
  search: "This looks like a Social Security number. It will not be searched for.",
};
const TYPED = "textarea, input:not([type]), input[type=text], input[type=search], input[type=email], input[type=tel], input[type=url]";
const PAUSE = 600;
const LONGEST = 200_000;  // the server looks at what is longer
const timers = new WeakMap();

function check(field) {
  const group = field.closest(".usa-form-group");
  // Where the server has said it already, it is not said twice.
  const told = field.name.endsWith("__not_ssn") || group?.querySelector(".not-ssn");
  const found = told || !field.name || field.value.length > LONGEST ? "" : looksLike(field.value, field.name);
  show(field, group, found && SAY[found === "sure" && field.type === "search" ? "search" : found]);
}

function show(field, group, words) {
  const id = `${field.id || field.name}_guard`;
  const old = document.getElementById(id);
  if ((old?.textContent ?? "") === words) return;
  old?.remove();
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (words) {
    const hint = make("p", { className: group ? "guard-hint" : "guard-hint guard-hint-over", id }, icon("warning"), make("span", { textContent: words }));
    // Beneath the field and whatever belongs to it, such as a list of suggestions. A search box in a row has no place
    // beneath it: there the hint lies over what follows.
    const holder = group ?? field.form ?? field.parentElement;
    if (group) [...group.children].find((child) => child.contains(field)).after(hint);
    else holder.append(hint);
    described.push(id);
    announce(words);
  }
  if (described.length) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
}

function later(field) {
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(() => check(field), PAUSE));
}

// A hint that moved the page between the press of a button and its release would swallow the click.
let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = false; }, true);

document.addEventListener("input", ({ target }) => target.matches?.(TYPED) && later(target));
document.addEventListener("focusout", ({ target }) => {
  if (!target.matches?.(TYPED)) return;
  if (pressed) return later(target);
  clearTimeout(timers.get(target));
  check(target);
});
