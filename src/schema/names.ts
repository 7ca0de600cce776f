/** The parts of an identity such as `public.users."e-mail"`, without their quotes. */
export function partsOfName(name: string): string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

/** The last part of an identity as SQL writes it, with its quotes. */
export function ownName(name: string): string {
  return [...name.matchAll(/"(?:[^"]|"")*"|[^."]+/g)].at(-1)?.[0] ?? name;
}
