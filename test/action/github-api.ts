import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string; readonly login: string };
}

export interface Api {
  readonly url: string;
  readonly comments: Comment[];
  /** Method and route of each request. */
  readonly requests: string[];
  /** Answers with this status to what it returns a status for. */
  refuse: (method: string, route: string, body: string) => number | undefined;
  close(): Promise<void>;
}

/** A server that answers like GitHub's REST API for the comments of one pull request. */
export async function startApi(token: string): Promise<Api> {
  const comments: Comment[] = [];
  const requests: string[] = [];
  let nextId = 1000;
  const api = { comments, requests, refuse: (): number | undefined => undefined };
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      requests.push(`${method} ${url}`);
      const answer = (status: number, body: unknown) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      const refused = handle.refuse(method, url, text);
      if (request.headers.authorization !== `Bearer ${token}`)
        return answer(401, { message: "Bad credentials" });
      if (refused !== undefined) return answer(refused, { message: `refused with ${refused}` });
      if (url === "/user") return answer(403, { message: "Resource not accessible by integration" });
      const list = /^\/repos\/owner\/name\/issues\/5\/comments(?:\?per_page=(\d+)&page=(\d+))?$/.exec(url);
      if (list !== null && method === "GET") {
        const [size, page] = [Number(list[1]), Number(list[2])];
        return answer(200, comments.slice((page - 1) * size, page * size));
      }
      const { body = "" }: { body?: string } = text === "" ? {} : JSON.parse(text);
      if (body.length > 65_536)
        return answer(422, { message: "body is too long (maximum is 65536 characters)" });
      if (list !== null && method === "POST") {
        const comment = { id: nextId++, body, user: { type: "Bot", login: "github-actions[bot]" } };
        comments.push(comment);
        return answer(201, comment);
      }
      const [, id] = /^\/repos\/owner\/name\/issues\/comments\/(\d+)$/.exec(url) ?? [];
      const comment = comments.find((one) => one.id === Number(id));
      if (comment === undefined || method !== "PATCH") return answer(404, { message: "Not Found" });
      comment.body = body;
      return answer(200, comment);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const handle: Api = {
    ...api,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return handle;
}
