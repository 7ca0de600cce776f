/** The subject of a project: words for its dialogue, its specifications and its documents. */
export interface Domain {
  /** Part of file names and topics. */
  readonly slug: string;
  /** The name of a project after its brand: `Harbor Clinic Portal`. */
  readonly title: string;
  /** In a sentence: `an appointment portal for clinics`. */
  readonly product: string;
  /** The main users. */
  readonly actors: string;
  /** The operators. */
  readonly operators: string;
  /** The data that it stores. */
  readonly things: string;
  /** What its users do, as a verb with an object. */
  readonly action: string;
  /** What must stay secret. */
  readonly secret: string;
  /** A system that it exchanges data with. */
  readonly partner: string;
  /** The time of its peak load. */
  readonly peak: string;
}

// biome-ignore format: a table, a line to a domain
export const domains: readonly Domain[] = [
  { slug: "clinic", title: "Clinic Portal", product: "an appointment portal for clinics", actors: "patients", operators: "receptionists", things: "appointments", action: "book an appointment", secret: "medical notes", partner: "the hospital's records over HL7 FHIR", peak: "Monday mornings" },
  { slug: "shop", title: "Storefront", product: "an online shop for small makers", actors: "shoppers", operators: "sellers", things: "orders", action: "place an order", secret: "delivery addresses", partner: "the payment provider", peak: "the week before the holidays" },
  { slug: "fleet", title: "Fleet Tracker", product: "a tracker for delivery fleets", actors: "dispatchers", operators: "depot managers", things: "trips", action: "assign a trip", secret: "the movements of drivers", partner: "the telematics boxes of the vans", peak: "the morning departure" },
  { slug: "school", title: "Learning Space", product: "a learning platform for schools", actors: "students", operators: "teachers", things: "assignments", action: "hand in an assignment", secret: "grades", partner: "the school's directory over LDAP", peak: "the evening before a deadline" },
  { slug: "tickets", title: "Box Office", product: "a ticket office for concerts", actors: "visitors", operators: "promoters", things: "seats", action: "reserve a seat", secret: "card details", partner: "the scanners at the gates", peak: "the minute in which sales open" },
  { slug: "warehouse", title: "Stockroom", product: "an inventory system for warehouses", actors: "pickers", operators: "shift leads", things: "stock movements", action: "confirm a pick", secret: "purchase prices", partner: "the carrier's label service", peak: "the end of a quarter" },
  { slug: "budget", title: "Household Ledger", product: "a budget planner for households", actors: "families", operators: "support agents", things: "transactions", action: "sort a transaction", secret: "account balances", partner: "the banks over open banking", peak: "the last day of a month" },
  { slug: "energy", title: "Meter Hub", product: "a hub for smart meters", actors: "tenants", operators: "grid engineers", things: "readings", action: "compare consumption", secret: "daily routines of a home", partner: "the meters over MQTT", peak: "cold winter evenings" },
  { slug: "hiring", title: "Talent Desk", product: "a hiring desk for growing companies", actors: "applicants", operators: "recruiters", things: "applications", action: "apply for a position", secret: "salary expectations", partner: "the calendars of interviewers", peak: "the days after a job fair" },
  { slug: "library", title: "Reading Room", product: "a catalogue for public libraries", actors: "readers", operators: "librarians", things: "loans", action: "borrow a book", secret: "borrowing histories", partner: "the union catalogue over OAI-PMH", peak: "the first week of the holidays" },
];
