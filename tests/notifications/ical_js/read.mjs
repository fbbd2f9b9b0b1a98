// SPDX-License-Identifier: EUPL-1.2
// Reads iCalendar from standard input with Thunderbird's parser and prints what it understood as JSON:
// instants are UTC, through the VTIMEZONE of the text itself. A JSON list of texts gives a list of answers.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

function instant(time) {
  return time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString();
}

function read(text) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const component = calendar.getFirstSubcomponent("vevent");
  const event = new ICAL.Event(component);
  return {
    method: calendar.getFirstPropertyValue("method"),
    uid: event.uid,
    sequence: event.sequence,
    start: instant(event.startDate),
    end: instant(event.endDate),
    status: component.getFirstPropertyValue("status"),
    summary: event.summary,
    location: event.location,
    description: event.description,
    organizer: event.organizer,
    attendees: event.attendees.map((one) => [one.getFirstValue(), one.getParameter("cn") ?? null]),
    alarms: component.getAllSubcomponents("valarm").length,
  };
}

const input = readFileSync(0, "utf8");
const answer = input.startsWith("[") ? JSON.parse(input).map(read) : read(input);
process.stdout.write(JSON.stringify(answer));
