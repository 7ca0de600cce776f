/** A question of the application's counsellor with possible answers. Words in braces come from the domain. */
export interface QuestionTemplate {
  /** Name of the template within its category: `goals.outcome` with it. */
  readonly name: string;
  readonly text: string;
  readonly context: string;
  /** Contradictory answers, each with the resulting specification. */
  readonly answers: readonly (readonly [says: string, specification: string])[];
}

/** The ten categories of questions, in the order of a dialogue. */
export const questionCategories = [
  "goals",
  "requirements",
  "tech_stack",
  "scalability",
  "security",
  "performance",
  "testing",
  "monitoring",
  "data_retention",
  "disaster_recovery",
] as const;
export type QuestionCategory = (typeof questionCategories)[number];

/** The twelve categories of maturity: those of the questions, and two that follow from their answers. */
export const maturityCategories = [...questionCategories, "deployment", "team_structure"] as const;

// biome-ignore format: a table, an answer to a line
export const questionTemplates: Readonly<Record<QuestionCategory, readonly QuestionTemplate[]>> = {
  goals: [
    { name: "outcome", text: "What should be different for {actors} a year after {product} goes live?", context: "A measurable goal helps to choose between two designs later.", answers: [
      ["They should {action} without calling us. Today most of them call.", "Nine out of ten {actors} {action} without a call."],
      ["Fewer mistakes. Our {operators} correct {things} by hand all day.", "Corrections of {things} by {operators} halve within a year."],
      ["Speed, mostly. It takes days now and should take minutes.", "{actors} can {action} in under five minutes."] ] },
    { name: "user", text: "Who would you disappoint first, if you had to: {actors} or {operators}?", context: "Priorities between groups of users settle many later conflicts.", answers: [
      ["The {operators}. They are paid to cope, {actors} simply leave.", "If needs conflict, {actors} come before {operators}."],
      ["The {actors}, to be honest. Without {operators} nothing runs at all.", "If needs conflict, {operators} come before {actors}."],
      ["Neither. We would rather leave the feature out.", "A feature that harms either {actors} or {operators} is left out."] ] },
    { name: "scope", text: "If only one thing could work on the first day, which one would it be?", context: "The smallest useful release shows what the project is really about.", answers: [
      ["That they can {action}. Everything else can wait.", "The first release lets {actors} {action}, and nothing more."],
      ["A clear list of all {things}. We are blind today.", "The first release shows {operators} all {things} in one list."],
      ["The connection to {partner}. Without it we type everything twice.", "The first release exchanges data with {partner}."] ] },
  ],
  requirements: [
    { name: "failure", text: "What happens when two {actors} try to {action} at the same moment?", context: "Conflicts between users are the most often forgotten requirement.", answers: [
      ["The first one wins, and the other one is told immediately.", "Of two simultaneous attempts to {action}, the first wins, and the second is told immediately."],
      ["We accept both and {operators} sort it out.", "Simultaneous attempts to {action} are both accepted; {operators} resolve them."],
      ["It must be impossible: lock it while a user is deciding.", "A choice is locked for ten minutes while a user is about to {action}."] ] },
    { name: "offline", text: "Must it work without a network?", context: "Offline use changes the whole architecture.", answers: [
      ["Yes, {operators} are often in a basement.", "{operators} can work on {things} offline and synchronise later."],
      ["No. No network, no service.", "The application needs a network connection; there is no offline mode."],
      ["Reading should work, writing can wait.", "{things} can be read offline; changes need a connection."] ] },
    { name: "languages", text: "Which languages do {actors} expect?", context: "Adding translations later is expensive.", answers: [
      ["English only, for now.", "The interface is in English; texts are kept apart from the code."],
      ["English and Spanish from day one.", "The interface is in English and Spanish."],
      ["Whatever their browser says. We have customers in nine countries.", "The interface follows the language of the browser, with nine languages at launch."] ] },
  ],
  tech_stack: [
    { name: "database", text: "Which database do you have in mind for {things}, and what made you choose it?", context: "The reason for a choice shows when to reconsider it.", answers: [
      ["PostgreSQL. The team knows it and we need transactions.", "{things} are kept in PostgreSQL 15."],
      ["MongoDB, because the structure keeps changing.", "{things} are kept in MongoDB 7."],
      ["SQLite. It is one server and will stay one.", "{things} are kept in SQLite on the application's server."] ] },
    { name: "backend", text: "What could your team fix at three in the morning?", context: "A stack is as good as the people who are awake.", answers: [
      ["Python. We have run FastAPI for years.", "The backend is written in Python 3.12 with FastAPI."],
      ["TypeScript, so that one person can work on both ends.", "The backend is written in TypeScript on Node.js 22."],
      ["Go. One binary and nothing to install.", "The backend is written in Go and ships as one binary."] ] },
    { name: "interface", text: "How will {actors} reach it: a browser, an app, or something else?", context: "Each client is a product that has to be maintained.", answers: [
      ["A browser, on the phone most of the time.", "The interface is a responsive web application."],
      ["An app. They want notifications.", "The interface is a native app for iOS and Android with notifications."],
      ["Both, but the web comes first.", "The web application comes first; an app follows once it is used."] ] },
  ],
  scalability: [
    { name: "peak", text: "How many {actors} will there be at once on {peak}?", context: "Capacity depends on the peak, not on the average.", answers: [
      ["A few hundred. We counted.", "The system serves 500 {actors} at once on {peak}."],
      ["Ten thousand, if all goes well.", "The system serves 10,000 {actors} at once on {peak}."],
      ["No one knows. It should scale automatically.", "The number of servers scales with the load, up to ten times the average."] ] },
    { name: "growth", text: "What grows faster: the number of {actors}, or of {things} for each of them?", context: "The two kinds of growth need different designs.", answers: [
      ["The {actors}. Each of them has just a handful.", "Growth is in the number of {actors}; each has fewer than 100 {things}."],
      ["The {things}. Nothing is ever deleted.", "{things} are partitioned by month, as they only ever grow."],
      ["Both double every year.", "Storage and servers are planned for {actors} and {things} to double each year."] ] },
    { name: "regions", text: "Will it ever have to run in more than one region?", context: "A second region is hard to add to a design that assumes one.", answers: [
      ["No, all of our customers are in one country.", "The system runs in a single region."],
      ["Two, because the law wants the data to stay.", "Data of {actors} stays in the region where they live; there are two regions."],
      ["Later. Do not make it impossible.", "The system runs in one region, with no ids or times that depend on it."] ] },
  ],
  security: [
    { name: "secret", text: "Who must never see {secret}?", context: "It is easier to say who must not see it than who may.", answers: [
      ["Anyone but the person concerned. Not even we may.", "{secret} are encrypted with a key of the person concerned."],
      ["Other {actors}. Our {operators} need them for their work.", "{secret} are visible to {operators}, and to no other {actors}."],
      ["Anyone outside one department.", "Access to {secret} needs a separate role, and each access is logged."] ] },
    { name: "login", text: "How do users prove who they are, and what if they cannot?", context: "Recovery is the weakest part of most logins.", answers: [
      ["A password, and a code by e-mail when it is forgotten.", "Users log in with a password, with recovery by e-mail."],
      ["Single sign-on of the customer. We do not want passwords.", "Users log in by OpenID Connect with the customer's provider; no passwords are kept."],
      ["Passkeys, with a second device for recovery.", "Users log in with a passkey; a second registered device serves for recovery."] ] },
    { name: "audit", text: "When something goes wrong, what will you want to know about the weeks before?", context: "An audit trail cannot be collected in hindsight.", answers: [
      ["Who changed what and when, for {things}.", "Each change to {things} is recorded with person, time and old value."],
      ["Who logged in from where.", "Logins are recorded with address and device."],
      ["Everything, for two years.", "All reads and writes of {things} are recorded and kept for two years."] ] },
  ],
  performance: [
    { name: "response", text: "How long may it take to {action} before people give up?", context: "A number makes performance testable.", answers: [
      ["A second. Everything above feels broken.", "To {action} takes at most 1 s for 95 of 100 requests."],
      ["Three seconds are fine, it is done once a day.", "To {action} takes at most 3 s for 95 of 100 requests."],
      ["It must feel instant, 200 milliseconds.", "To {action} takes at most 200 ms for 95 of 100 requests."] ] },
    { name: "reports", text: "Which question about {things} takes longest to answer today?", context: "Reports and transactions often need different stores.", answers: [
      ["The monthly summary. It runs all night.", "The monthly summary of {things} is ready within ten minutes."],
      ["Search. No one finds anything.", "A full-text search over {things} answers within 500 ms."],
      ["None. We have no reports.", "There are no reports over {things} in the first release."] ] },
    { name: "budget", text: "What would you give up to make it twice as fast?", context: "Speed always costs something else.", answers: [
      ["Fresh data. Five minutes old is fine.", "Lists of {things} may be up to five minutes old."],
      ["Money. Use larger servers.", "Response times matter more than the cost of servers."],
      ["Nothing. It is fast enough.", "There is no work on speed beyond the stated limits."] ] },
  ],
  testing: [
    { name: "proof", text: "What would convince you that {actors} can {action} after every release?", context: "The answer is the first automated test.", answers: [
      ["A test that clicks through it in a browser.", "An end-to-end test lets {actors} {action} before each release."],
      ["Ninety per cent coverage.", "Unit tests cover 90 % of the lines of the backend."],
      ["One of our {operators} tries it out.", "Each release is tried out by {operators} before it goes live."] ] },
    { name: "partner", text: "How will you test against {partner} without breaking anything there?", context: "Most tests leave out other people's systems.", answers: [
      ["They have a sandbox.", "Tests run against the sandbox of {partner}."],
      ["We record answers and play them back.", "Tests use recorded answers of {partner}, renewed each month."],
      ["A contract that both sides check.", "Contract tests with {partner} run on both sides."] ] },
    { name: "data", text: "Where does your test data for {things} come from?", context: "Real data leaks from tests; generated data misses the odd cases.", answers: [
      ["We generate it.", "Tests use generated {things}; no data of real {actors} leaves production."],
      ["A copy of production with names removed.", "Tests use a weekly copy of production without names."],
      ["A small set that we know by heart.", "Tests use a fixed set of 50 {things} that is kept with the code."] ] },
  ],
  monitoring: [
    { name: "alarm", text: "Who gets paged when {actors} can no longer {action}, and how soon?", context: "An alert that no one receives is a log line.", answers: [
      ["The developer on call, within five minutes.", "When {actors} cannot {action} for five minutes, the developer on call is paged."],
      ["No one at night. The morning is early enough.", "Alerts are handled during working hours."],
      ["The {operators} notice first anyway.", "{operators} report failures through a hotline; there is no automatic alert."] ] },
    { name: "signal", text: "Which single number tells you that all is well?", context: "One good signal is worth more than forty graphs.", answers: [
      ["{things} per hour. It hardly changes.", "The number of {things} per hour is monitored, and a drop by half raises an alert."],
      ["Errors. It should be zero.", "More than 1 % of failed requests within ten minutes raises an alert."],
      ["Response time on {peak}.", "The 95th percentile of response times is monitored, especially on {peak}."] ] },
    { name: "logs", text: "What must never appear in a log?", context: "Logs are copied to more places than any table.", answers: [
      ["Names and {secret}.", "Logs contain ids instead of names, and never {secret}."],
      ["Passwords and tokens, of course.", "Passwords and tokens are removed from logs before they are written."],
      ["Nothing is off limits, as they never leave our network.", "Logs are kept on our own servers for 30 days."] ] },
  ],
  data_retention: [
    { name: "period", text: "When may {things} be deleted, and who decides?", context: "Deleting is a feature that must be designed.", answers: [
      ["After ten years. The tax office says so.", "{things} are kept for ten years and then deleted."],
      ["A year after the last use.", "{things} are deleted one year after they were last used."],
      ["Never. They are our memory.", "{things} are never deleted; after two years they go to an archive."] ] },
    { name: "erasure", text: "What remains when a user asks to be erased?", context: "The right to erasure meets the duty to keep records.", answers: [
      ["Nothing.", "On request all data of a person is erased within 30 days."],
      ["The {things}, without a name.", "On request a person's name is removed, and the {things} are kept."],
      ["What the law requires us to keep.", "On request everything is erased except what the law requires us to keep, which is locked."] ] },
    { name: "export", text: "In what format would users take their {things} elsewhere?", context: "A good export is also the best backup format.", answers: [
      ["CSV. Anyone can open it.", "{things} can be exported as CSV."],
      ["JSON, over the API.", "{things} can be exported as JSON over the API."],
      ["They do not.", "There is no export of {things} in the first release."] ] },
  ],
  disaster_recovery: [
    { name: "loss", text: "How many hours of {things} could you enter again from memory?", context: "This is the recovery point objective in plain words.", answers: [
      ["None. Not one may be lost.", "No {things} are lost in a failure: a second server has each of them before it is confirmed."],
      ["One hour, with some effort.", "At most one hour of {things} is lost in a failure."],
      ["A day. It all exists on paper.", "At most one day of {things} is lost; backups are made each night."] ] },
    { name: "downtime", text: "What do {operators} do while the system is down?", context: "The answer limits how long a recovery may take.", answers: [
      ["They go home. It costs us a fortune.", "The system is back within 15 minutes of a failure."],
      ["They work on paper for half a day.", "The system is back within four hours of a failure."],
      ["Nothing changes, they hardly use it in the evening.", "The system is back by the next morning."] ] },
    { name: "rehearsal", text: "When did you last restore a backup?", context: "A backup that was never restored is only a hope.", answers: [
      ["Never, I am afraid.", "A backup is restored to a test system once a month."],
      ["Last spring, and it took two days.", "A restore is rehearsed twice a year and takes less than four hours."],
      ["It happens every night, automatically.", "Each night the latest backup is restored and checked."] ] },
  ],
};
