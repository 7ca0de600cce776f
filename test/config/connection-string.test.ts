import { describe, expect, test } from "vitest";
import { parseConnection } from "../../src/config/connection-string.ts";
import type { Machine } from "../../src/config/machine.ts";
import { SocratesError } from "../../src/errors.ts";
import { type FakeFile, fakeMachine, plainFile, socketFile } from "./fake-machine.ts";

const parse = (text: string | undefined, machine: Machine = fakeMachine()) =>
  parseConnection(text, "SOURCE", machine);
const target = (text: string | undefined, machine?: Machine) => parse(text, machine).target;

function failure(text: string | undefined, machine?: Machine): SocratesError {
  try {
    parse(text, machine);
  } catch (error) {
    if (error instanceof SocratesError) return error;
    throw error;
  }
  throw new Error("accepted");
}

describe("a connection string", () => {
  test("becomes a target with every field", () => {
    const text =
      "postgresql://u:p@h:5433/d?sslmode=require&connect_timeout=3&options=-c%20x%3Dy&target_session_attrs=primary";
    expect(parse(text)).toEqual({
      target: {
        kind: "server",
        hosts: [{ host: "h", port: 5433 }],
        user: "u",
        password: "p",
        database: "d",
        sslMode: "require",
        connectTimeout: 3,
        options: "-c x=y",
        sessionAttributes: "primary",
      },
      passwordOrigin: "text",
      warnings: [],
    });
  });

  test("may be a list of keywords, with white space around", () => {
    expect(target("\n host=h user=u dbname='a b'\n")).toMatchObject({
      hosts: [{ host: "h" }],
      database: "a b",
    });
  });

  test("that is empty leaves psql's defaults", () => {
    expect(parse(undefined)).toEqual({
      target: {
        kind: "server",
        hosts: [{ host: "localhost", port: 5432 }],
        user: "os-user",
        database: "os-user",
        sslMode: "prefer",
        connectTimeout: 10,
      },
      passwordOrigin: undefined,
      warnings: [],
    });
  });

  test.each([
    ["", "the connection string is empty"],
    ["  ", "the connection string is empty"],
    ["hunter", "neither a URI nor a list of keyword=value"],
    ["u:hunter@h/d?sslmode=require", "neither a URI nor a list of keyword=value"],
    ["postgresql:/u:hunter@h/d", "neither a URI nor a list of keyword=value"],
    ["host=a\0hunter", "contains a NUL"],
    ["postgresql://u:hunter@h:0/d", "the port is not an integer from 1 to 65535"],
    ["postgresql://u:hunter@h:65536/d", "the port is not an integer from 1 to 65535"],
    ["host=h port=hunter", "the port is not an integer from 1 to 65535"],
    ["host=a,b,c port=1,2", "3 hosts, but 2 port numbers"],
    ["host=a,b hostaddr=1.1.1.1", "2 host names, but 1 host addresses"],
    ["hostaddr=hunter", "hostaddr is not an IP address"],
    ["host=@hunter", "abstract unix sockets are not supported"],
    ["sslmode=hunter", "the value of sslmode is not known"],
    ["connect_timeout=hunter", "connect_timeout is not an integer"],
    ["target_session_attrs=standby", 'the value of parameter "target_session_attrs" is not supported'],
    ["channel_binding=hunter", 'the value of parameter "channel_binding" is not supported'],
    ["load_balance_hosts=hunter", 'the value of parameter "load_balance_hosts" is not supported'],
    ["sslnegotiation=direct host=h", 'sslmode "prefer" is too weak for sslnegotiation=direct'],
    ["gssencmode=require", 'the value of parameter "gssencmode" is not supported'],
    ["service=hunter", "the service is in none of /home/os-user/.pg_service.conf, /etc"],
  ])("%j is refused without being shown (fault 29)", (text, message) => {
    const error = failure(text);
    expect(error.code).toBe("connection-string");
    expect(error.message).toContain(message);
    expect(error.message.startsWith("SOURCE: ")).toBe(true);
    expect(`${error.message} ${error.hint}`).not.toContain("hunter");
  });

  test("may have parameters without an effect here", () => {
    const text =
      "host=h application_name=x keepalives_idle=5 channel_binding=prefer gssencmode=disable target_session_attrs=any";
    expect(target(text)).toEqual(target("host=h"));
  });

  test("may have parameters without a value", () => {
    expect(target("host=h target_session_attrs='' service='' sslmode=")).toEqual(target("host=h"));
  });

  test.each([["0"], ["-1"]])("connect_timeout=%s does not wait without end", (seconds) => {
    expect(target(`connect_timeout=${seconds}`).connectTimeout).toBe(10);
  });
});

describe("the environment", () => {
  const env = {
    PGHOST: "eh",
    PGPORT: "1",
    PGUSER: "eu",
    PGDATABASE: "ed",
    PGPASSWORD: "ep",
    PGSSLMODE: "disable",
    PGCONNECT_TIMEOUT: "4",
    PGOPTIONS: "eo",
  };

  test("fills in what the text leaves out", () => {
    expect(parse("postgresql://", fakeMachine(env))).toMatchObject({
      target: {
        hosts: [{ host: "eh", port: 1 }],
        user: "eu",
        database: "ed",
        password: "ep",
        sslMode: "disable",
        connectTimeout: 4,
        options: "eo",
      },
      passwordOrigin: "environment",
    });
  });

  test("is overridden by the text", () => {
    const text = "postgresql://u:p@h:2/d?sslmode=allow&connect_timeout=5&options=o";
    expect(target(text, fakeMachine(env))).toEqual(target(text));
  });

  test("counts as unset if it is empty", () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
    expect(target(undefined, fakeMachine(empty))).toEqual(target(undefined));
  });

  test("is named if its value is invalid", () => {
    expect(failure(undefined, fakeMachine({ PGSSLMODE: "x" })).message).toMatch(/^PGSSLMODE: /);
    expect(failure(undefined, fakeMachine({ PGPORT: "x" })).message).toMatch(/^PGPORT: /);
    expect(failure(undefined, fakeMachine({ PGSERVICE: "x" })).message).toMatch(/^PGSERVICE: /);
  });

  test("has no part in the ports of a list of hosts, as in libpq", () => {
    expect(target("postgresql://h1,h2/d", fakeMachine({ PGPORT: "1" })).hosts).toEqual([
      { host: "h1", port: 5432 },
      { host: "h2", port: 5432 },
    ]);
  });
});

describe("hosts", () => {
  test("come in order with their ports", () => {
    expect(target("postgresql://[::1]:1,h2,%2Ftmp:3/d").hosts).toEqual([
      { host: "::1", port: 1 },
      { host: "h2", port: 5432 },
      { host: "/tmp", port: 3 },
    ]);
    expect(target("host=a,b port=7").hosts).toEqual([
      { host: "a", port: 7 },
      { host: "b", port: 7 },
    ]);
  });

  test("may each have an address", () => {
    expect(target("host=a,b hostaddr=1.1.1.1,::1").hosts).toEqual([
      { host: "a", port: 5432, address: "1.1.1.1" },
      { host: "b", port: 5432, address: "::1" },
    ]);
    expect(target("hostaddr=1.1.1.1").hosts).toEqual([{ host: "1.1.1.1", port: 5432, address: "1.1.1.1" }]);
  });

  test("default to the directory of sockets where a server has one", () => {
    const files = {
      "/var/run/postgresql/.s.PGSQL.5433": { mode: socketFile | 0o777 },
      "/var/run/postgresql/.s.PGSQL.5434": { mode: plainFile | 0o777 },
    };
    const machine = fakeMachine({}, files);
    expect(target("port=5434", machine).hosts).toEqual([{ host: "localhost", port: 5434 }]);
    expect(target("port=5433", machine).hosts).toEqual([{ host: "/var/run/postgresql", port: 5433 }]);
    expect(target("port=5432", machine).hosts).toEqual([{ host: "localhost", port: 5432 }]);
  });
});

describe("the password file", () => {
  const file = (text: string, mode = 0o600): FakeFile => ({ text, mode: plainFile | mode });
  const home = "/home/os-user/.pgpass";

  test("gives the password when there is no other", () => {
    const machine = fakeMachine({}, { [home]: file("h:5432:d:u:secret") });
    expect(parse("host=h dbname=d user=u", machine)).toMatchObject({
      target: { password: "secret" },
      passwordOrigin: "file",
    });
    expect(parse("host=h dbname=d user=u password=p", machine).target.password).toBe("p");
    expect(target("host=h dbname=d user=u password=''", machine).password).toBe("secret");
    expect(target("host=other dbname=d user=u", machine)).not.toHaveProperty("password");
  });

  test("may be named", () => {
    const machine = fakeMachine({ PGPASSFILE: "/e" }, { "/e": file("*:*:*:*:e"), "/p": file("*:*:*:*:p") });
    expect(target("host=h", machine).password).toBe("e");
    expect(target("host=h passfile=/p", machine).password).toBe("p");
  });

  test("is ignored with a warning when others may read it", () => {
    const { target, warnings } = parse("host=h", fakeMachine({}, { [home]: file("*:*:*:*:secret", 0o644) }));
    expect(target).not.toHaveProperty("password");
    expect(warnings).toHaveLength(1);
  });

  test("is matched with the first host, and a difference is told", () => {
    const machine = fakeMachine({}, { [home]: file("a:*:*:*:pa\nb:*:*:*:pb") });
    const { target, warnings } = parse("host=a,b", machine);
    expect(target.password).toBe("pa");
    expect(warnings).toEqual([
      `password file "${home}" differs between the hosts: the password of the first host is used for all`,
    ]);
  });
});

describe("certificates", () => {
  const directory = "/home/os-user/.postgresql";
  const files = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { mode: plainFile | 0o600 }]));

  test("default to libpq's files", () => {
    const machine = fakeMachine({}, files(`${directory}/root.crt`, `${directory}/postgresql.crt`));
    expect(target("host=h sslmode=verify-full", machine)).toMatchObject({
      sslMode: "verify-full",
      sslRootCert: `${directory}/root.crt`,
      sslCert: `${directory}/postgresql.crt`,
      sslKey: `${directory}/postgresql.key`,
    });
  });

  test("may be named in the text or the environment", () => {
    const machine = fakeMachine({ PGSSLROOTCERT: "/r", PGSSLKEY: "/k" }, files("/r", "/c"));
    expect(target("host=h sslcert=/c", machine)).toMatchObject({
      sslRootCert: "/r",
      sslCert: "/c",
      sslKey: "/k",
    });
  });

  test.each(["verify-ca", "verify-full"])("%s needs a root certificate, but not on a unix socket", (mode) => {
    expect(failure(`host=h sslmode=${mode}`).message).toContain(`sslmode "${mode}" needs a root certificate`);
    expect(failure(`host=h sslmode=${mode} sslrootcert=/none`).message).toContain(
      `the root certificate file "/none" does not exist, and sslmode "${mode}" needs it`,
    );
    expect(target(`host=/tmp sslmode=${mode}`).sslMode).toBe(mode);
  });

  test("that are missing are dropped with a warning in the other modes", () => {
    const { target, warnings } = parse("host=h sslmode=require sslrootcert=/none sslcert=/none");
    expect(target).not.toHaveProperty("sslRootCert");
    expect(target).not.toHaveProperty("sslCert");
    expect(warnings).toHaveLength(2);
  });

  test("of the system require verify-full", () => {
    expect(target("host=h sslrootcert=system")).toMatchObject({
      sslMode: "verify-full",
      sslRootCert: "system",
    });
    expect(failure("host=h sslrootcert=system sslmode=require").message).toContain(
      "too weak for sslrootcert=system",
    );
  });
});

describe("a service (PostgreSQL manual, section 32.17)", () => {
  const own = {
    text: "# mine\n[other]\nhost=o\n\n[app]\n  host = h1,h2\r\nport=5433\n dbname=served\nuser=bob\n[last]\n",
    mode: plainFile,
  };
  const files = { "/home/os-user/.pg_service.conf": own };
  const served = {
    hosts: [
      { host: "h1", port: 5433 },
      { host: "h2", port: 5433 },
    ],
    database: "served",
    user: "bob",
  };
  test.each<[what: string, text: string | undefined, env: Record<string, string>]>([
    ["in a keyword string", "service=app", {}],
    ["in a URI", "postgresql:///?service=app", {}],
    ["in the environment", undefined, { PGSERVICE: "app" }],
    ["in the environment, with another parameter", "sslmode=disable", { PGSERVICE: "app" }],
    ["before the environment", "service=app", { PGHOST: "e", PGPORT: "1", PGUSER: "e" }],
  ])("is read %s", (_, text, env) => {
    expect(target(text, fakeMachine(env, files))).toMatchObject(served);
  });
  test("comes after the connection string", () => {
    expect(target("postgresql://al@x/?service=app", fakeMachine({}, files))).toMatchObject({
      hosts: [{ host: "x", port: 5433 }],
      user: "al",
      database: "served",
    });
  });
  test.each([
    ["PGSERVICEFILE", { PGSERVICEFILE: "/srv/services" }, "/srv/services"],
    ["PGSYSCONFDIR", { PGSYSCONFDIR: "/srv" }, "/srv/pg_service.conf"],
    ["Debian", {}, "/etc/postgresql-common/pg_service.conf"],
  ])("is found where %s says", (_, env, file) => {
    expect(target("service=app", fakeMachine(env, { [file]: own }))).toMatchObject(served);
  });
  test.each([
    ["a line without =", "[app]\nhunter"],
    ["a name that is not a parameter", "[app]\nhunter=2"],
    ["a service in a service", "[app]\nservice=hunter"],
    ["LDAP", "[app]\nldap://hunter"],
  ])("with %s is refused without being shown", (_, text) => {
    const service = { "/home/os-user/.pg_service.conf": { text, mode: plainFile } };
    const error = failure("service=app", fakeMachine({}, service));
    expect(error.code).toBe("connection-string");
    expect(`${error.message} ${error.hint}`).not.toContain("hunter");
  });
});

describe("what libpq accepts and others ignore", () => {
  test("load_balance_hosts=random changes the order of the hosts", () => {
    const order = (...numbers: number[]) =>
      target(
        "host=a,b,c load_balance_hosts=random",
        fakeMachine({}, {}, { random: () => numbers.shift() ?? 0 }),
      )
        .hosts.map(({ host }) => host)
        .join("");
    expect([order(0.1, 0.2, 0.3), order(0.3, 0.2, 0.1), order(0.5, 0.9, 0.1)]).toEqual(["abc", "cba", "cab"]);
  });
  test.each([
    ["channel_binding=require", { channelBinding: "require" }],
    ["channel_binding=disable", { channelBinding: "disable" }],
    ["sslnegotiation=direct sslmode=require", { sslDirect: true }],
  ])("%s", (text, expected) => expect(target(`host=h ${text}`)).toMatchObject(expected));

  const root = { "/home/os-user/.postgresql/root.crt": { mode: plainFile } };
  test("a list of revoked certificates, by default the user's", () => {
    const list = { "/home/os-user/.postgresql/root.crl": { mode: plainFile } };
    const crl = { sslCrl: "/home/os-user/.postgresql/root.crl" };
    expect(target("host=h", fakeMachine({}, { ...root, ...list }))).toMatchObject(crl);
    expect(target("host=h", fakeMachine({}, list))).not.toMatchObject(crl);
    const own = { ...root, ...list, "/own.crl": { mode: plainFile }, "/lists": { mode: plainFile } };
    expect(target("host=h sslcrl=/own.crl", fakeMachine({}, own))).toMatchObject({ sslCrl: "/own.crl" });
    const folder = target("host=h", fakeMachine({ PGSSLCRLDIR: "/lists" }, own));
    expect([folder.sslCrl, folder.sslCrlDir]).toEqual([undefined, "/lists"]);
    expect(failure("host=h sslcrl=/none", fakeMachine({}, root)).message).toContain('"/none" does not exist');
  });

  test.each([
    ["a no-break space at the end", "host=h password=ab\u00a0", "ab\u00a0"],
    ["an ideographic space in the middle", "host=h password=a\u3000b user=u", "a\u3000b"],
    ["a blank at the end that is escaped", "host=h password=ab\\ ", "ab "],
    ["an escaped tab before another keyword", "password=ab\\\t host=h", "ab\t"],
    ["a byte order mark", "host=h password=\ufeffab", "\ufeffab"],
    ["blanks around a URI", " \n postgresql://u:ab@h/d \r\n", "ab"],
    ["a no-break space at the end of a URI", "postgresql://h/d?password=ab\u00a0", "ab\u00a0"],
  ])("a password with %s", (_, text, password) => expect(target(text).password).toBe(password));

  test.each([
    ["Latin-1", Buffer.from("*:*:*:*:caf\xe9", "latin1"), "caf\xe9", Buffer.from("caf\xe9", "latin1")],
    ["UTF-8", Buffer.from("*:*:*:*:caf\u00e9"), "caf\u00e9", undefined],
    ["Latin-1 in another line", Buffer.from("h\xe9:*:*:*:x\n*:*:*:*:ab", "latin1"), "ab", undefined],
    ["UTF-8 with the user", Buffer.from("*:*:*:zo\u00eb:ab"), "ab", undefined],
  ])("a password file in %s", (_, text, password, bytes) => {
    const file = { "/home/os-user/.pgpass": { text, mode: plainFile | 0o600 } };
    const found = target("host=h user=zo\u00eb", fakeMachine({}, file));
    expect([found.password, found.passwordBytes]).toEqual([password, bytes]);
  });
});
