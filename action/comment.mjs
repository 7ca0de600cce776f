/** The sticky comment of a pull request, through GitHub's REST API. */

/** The first line of the comment, by which it is found again. */
const marker = "<!-- socrates-db -->";

/**
 * The lines with which the comment on a folder begins: each folder has a comment.
 * @param {string} folder relative to the repository; `.` for itself
 */
export function headOf(folder) {
  return folder === "." ? `${marker}\n## ` : `${marker}\n<!-- in ${encodeURIComponent(folder)} -->\n## `;
}

/**
 * @typedef {object} Place
 * @property {string} api for example `https://api.github.com`
 * @property {string} repository `owner/name`
 * @property {number} pull number of the pull request
 * @property {string} token
 */

/** An answer of the API that is not a success. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {Place} place
 * @param {string} method
 * @param {string} route
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function request({ api, token }, method, route, body) {
  const response = await fetch(`${api}${route}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "socrates-db",
      "x-github-api-version": "2022-11-28",
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // An answer that was redirected elsewhere would get the token.
    redirect: "error",
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok)
    throw new ApiError(response.status, `${method} ${route}: ${response.status} ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}

const perPage = 100;

/**
 * The login of a personal token. The token of a workflow has none, as it belongs to an app.
 * @param {Place} place
 * @returns {Promise<string | undefined>}
 */
async function loginOf(place) {
  try {
    const { login } = await request(place, "GET", "/user");
    return login;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/**
 * The id of the comment that an earlier run has written. Comments of people that begin with the marker are not taken
 * for it: anyone can write one.
 * @param {Place} place
 * @param {string} head
 * @returns {Promise<number | undefined>}
 */
async function findComment(place, head) {
  const marked = [];
  for (let page = 1; ; page++) {
    /** @type {{ id: number, body?: string, user?: { type?: string, login?: string } }[]} */
    const comments = await request(
      place,
      "GET",
      `/repos/${place.repository}/issues/${place.pull}/comments?per_page=${perPage}&page=${page}`,
    );
    marked.push(...comments.filter(({ body }) => body?.startsWith(head)));
    if (comments.length < perPage) break;
  }
  const bots = marked.find(({ user }) => user?.type === "Bot");
  if (bots !== undefined || marked.length === 0) return bots?.id;
  const login = await loginOf(place);
  return marked.find(({ user }) => user?.login === login)?.id;
}

/**
 * Creates the comment, or updates that of an earlier run.
 * @param {Place} place
 * @param {string} head what all comments on the folder begin with
 * @param {string} body the rest
 * @param {string} short the rest: what to write if GitHub refuses the body, for example as too long
 * @returns {Promise<"created" | "updated">}
 * @throws {ApiError} for an answer that is not a success, such as 403 without the permission
 */
export async function writeComment(place, head, body, short) {
  const id = await findComment(place, head);
  const [method, route] =
    id === undefined
      ? ["POST", `/repos/${place.repository}/issues/${place.pull}/comments`]
      : ["PATCH", `/repos/${place.repository}/issues/comments/${id}`];
  try {
    await request(place, method, route, { body: `${head}${body}` });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    await request(place, method, route, { body: `${head}${short}` });
  }
  return id === undefined ? "created" : "updated";
}
