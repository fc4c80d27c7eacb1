// "Today" and "Now" beside the parts of a date: filled in the zone that the form names, not that of the device.
function partsOf(zone) {
  const options = { year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone || undefined }).formatToParts(new Date());
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

function fill(button) {
  const [month, day, year, time, zone] = button.closest(".parts").querySelectorAll("input, select");
  const now = partsOf(zone?.value);
  month.value = now.month;
  day.value = now.day;
  year.value = now.year;
  if (time) time.value = `${now.hour}:${now.minute}`;
  for (const part of [month, day, year, time]) part?.dispatchEvent(new Event("input", { bubbles: true }));
  month.focus();
}

for (const button of document.querySelectorAll("[data-now]")) button.hidden = false;
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-now]");
  if (button) fill(button);
});
