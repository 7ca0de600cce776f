import { modelOf, price } from "../models.ts";
import { allProjects, type SeededSession } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import { standingOf, type Turn, turnsOf } from "../turns.ts";
import type { SeededTable } from "./table.ts";

/** What the counsellor says in a turn of a Socratic session. */
function asked({ phrase, revises }: Turn): string {
  if (revises === undefined) return phrase.question;
  return `Earlier you said: "${revises.answer.says}" Does that still hold? ${phrase.question}`;
}

function answered({ answer, revises }: Turn): string {
  return revises === undefined ? answer.says : `No, we have changed our minds. ${answer.says}`;
}

/**
 * Whole conversations, session by session: in a Socratic one the counsellor asks, in a direct chat the user begins.
 */
export const conversationHistory: SeededTable = {
  name: "conversation_history",
  columns: ["id", "session_id", "role", "content", "metadata", "timestamp"],
  refersTo: ["sessions"],
  counter: "id",
  identity: {
    sql: `concat_ws(' ', session_id, role, extract(epoch FROM "timestamp")::bigint)`,
    of: ([, session, role, , , at]) => [session, role, at].join(" "),
  },
  *rows({ run, firstId }) {
    let id = firstId;
    for (const project of allProjects(run)) {
      const { phase } = standingOf(run, project);
      let session: SeededSession | undefined;
      for (const turn of turnsOf(run, project)) {
        if (turn.session !== session) {
          session = turn.session;
          const mode = session.direct ? "Direct chat" : "Socratic session";
          yield [
            id++,
            session.id,
            "system",
            `${mode} on ${project.name}, phase ${phase}.`,
            null,
            session.startedAt,
          ];
        }
        const { at, phrase, answer } = turn;
        const said = session.direct ? `Noted: ${answer.specification} ${phrase.context}` : asked(turn);
        const first = session.direct ? 0 : 1;
        const user = [id + first, session.id, "user", answered(turn), null, at + 45 * first];
        const assistant = [
          id + 1 - first,
          session.id,
          "assistant",
          said,
          phrase.metadata,
          at + 45 * (1 - first),
        ];
        id += 2;
        yield session.direct ? user : assistant;
        yield session.direct ? assistant : user;
      }
    }
  },
};

/** The questions of the Socratic sessions, each as it was asked. */
export const questions: SeededTable = {
  name: "questions",
  columns: [
    "id",
    "project_id",
    "session_id",
    "text",
    "category",
    "context",
    "quality_score",
    "created_at",
    "updated_at",
  ],
  refersTo: ["projects", "sessions"],
  *rows({ run }) {
    const random = new Random();
    for (const project of allProjects(run))
      for (const turn of turnsOf(run, project)) {
        if (turn.session.direct) continue;
        random.open(run.seed, kind.question, turn.ordinal);
        // The better of two throws: most questions are good, few are poor.
        const quality = Math.max(random.between(40, 100), random.between(40, 100));
        yield [
          uuid(run.seed, kind.question, turn.ordinal),
          project.id,
          turn.session.id,
          asked(turn),
          turn.phrase.category,
          turn.phrase.context,
          quality,
          turn.at,
          turn.at,
        ];
      }
  },
};

/** One answer of a model per turn; its cost follows from the tokens and the model's prices. */
export const llmUsageTracking: SeededTable = {
  name: "llm_usage_tracking",
  columns: [
    "id",
    "user_id",
    "project_id",
    "session_id",
    "provider",
    "model",
    "tokens_input",
    "tokens_output",
    "tokens_total",
    "cost_usd",
    "latency_ms",
    "timestamp",
  ],
  refersTo: ["users", "projects", "sessions"],
  counter: "id",
  identity: {
    sql: `concat_ws(' ', user_id, tokens_input, tokens_output, extract(epoch FROM "timestamp")::bigint)`,
    of: ([, user, , , , , input, output, , , , at]) => [user, input, output, at].join(" "),
  },
  *rows({ run, firstId }) {
    let id = firstId;
    const random = new Random();
    for (const project of allProjects(run)) {
      const model = modelOf(run, project.user);
      for (const { session, ordinal, at } of turnsOf(run, project)) {
        random.open(run.seed, kind.usage, ordinal);
        // Each turn sends everything that was said in the session before.
        const tokensIn = 420 + (ordinal % 16) * 160 + random.below(120);
        const tokensOut = random.between(60, 320);
        const latency = 300 + tokensOut * random.between(6, 18);
        yield [
          id++,
          project.user.id,
          project.id,
          session.id,
          model.provider,
          model.name,
          tokensIn,
          tokensOut,
          tokensIn + tokensOut,
          price(model, tokensIn, tokensOut),
          latency,
          at,
        ];
      }
    }
  },
};
