import { type Pages, restorePages, savePages } from "./pages.ts";

/** A file or folder of Emscripten's in-memory file system. */
interface MemoryNode {
  name: string;
  parent: MemoryNode;
  mode: number;
  /** A file's bytes, with room to grow; a folder's entries. Devices and pipes have neither. */
  contents?: Uint8Array | Int8Array | Record<string, MemoryNode> | null;
  usedBytes?: number;
}

/** An open file. Duplicates of one descriptor share flags and position. */
interface OpenFile {
  readonly node?: MemoryNode;
  readonly shared: object;
  /** Null once it was closed. */
  fd: number | null;
}

/** The parts of Emscripten's file system that hold its state. */
export interface FileSystem {
  readonly root: MemoryNode;
  readonly streams: (OpenFile | null | undefined)[];
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  /** Nodes are found by a hash of their parent and name. */
  hashAddNode(node: MemoryNode): void;
  hashRemoveNode(node: MemoryNode): void;
}

export function isFileSystem(value: unknown): value is FileSystem {
  const parts = ["root", "streams", "isDir", "isFile", "hashAddNode", "hashRemoveNode"];
  return typeof value === "object" && value !== null && parts.every((part) => part in value);
}

type Saved = { readonly name: string; readonly parent: MemoryNode; readonly isLinked: boolean } & (
  | { readonly kind: "file"; readonly content: Pages }
  | { readonly kind: "folder"; readonly entries: Readonly<Record<string, MemoryNode>> }
  | { readonly kind: "other" }
);

/** All files of the engine, and which of them are open where. */
export interface SavedFiles {
  readonly nodes: ReadonlyMap<MemoryNode, Saved>;
  readonly streams: readonly {
    readonly stream: OpenFile | null | undefined;
    readonly shared: object | undefined;
  }[];
}

function bytesOf({ contents, usedBytes = 0 }: MemoryNode): Uint8Array {
  return ArrayBuffer.isView(contents)
    ? new Uint8Array(contents.buffer, contents.byteOffset, usedBytes)
    : new Uint8Array(0);
}

function entriesOf({ contents }: MemoryNode): Record<string, MemoryNode> {
  return contents === undefined || contents === null || ArrayBuffer.isView(contents) ? {} : contents;
}

/** Whether a file is one of an extension: its content never changes, and may not have been read yet. */
function isShipped(node: MemoryNode): boolean {
  return Object.getOwnPropertyDescriptor(node, "contents")?.get !== undefined;
}

/** All nodes below the root, which is included. */
function linkedNodes(files: FileSystem): Set<MemoryNode> {
  const found = new Set<MemoryNode>([files.root]);
  // A set also visits what is added to it meanwhile.
  for (const node of found)
    if (files.isDir(node.mode)) for (const child of Object.values(entriesOf(node))) found.add(child);
  return found;
}

/** Copies the state of the file system. @param earlier equal content is shared with it */
export function saveFiles(files: FileSystem, earlier: SavedFiles | undefined): SavedFiles {
  const nodes = new Map<MemoryNode, Saved>();
  const save = (node: MemoryNode, isLinked: boolean): void => {
    const { name, parent } = node;
    const place = { name, parent, isLinked };
    const known = earlier?.nodes.get(node);
    if (isShipped(node)) nodes.set(node, { ...place, kind: "other" });
    else if (files.isFile(node.mode))
      nodes.set(node, {
        ...place,
        kind: "file",
        content: savePages(bytesOf(node), known?.kind === "file" ? known.content : undefined),
      });
    else if (files.isDir(node.mode))
      nodes.set(node, { ...place, kind: "folder", entries: { ...entriesOf(node) } });
    else nodes.set(node, { ...place, kind: "other" });
  };
  for (const node of linkedNodes(files)) save(node, true);
  // A file that was deleted while it is open.
  for (const stream of files.streams) if (stream?.node && !nodes.has(stream.node)) save(stream.node, false);
  const streams = files.streams.map((stream) => ({
    stream,
    shared: stream ? { ...stream.shared } : undefined,
  }));
  return { nodes, streams };
}

function restoreNode(node: MemoryNode, saved: Saved): void {
  if (saved.kind === "folder") node.contents = { ...saved.entries };
  if (saved.kind !== "file") return;
  const { content } = saved;
  if (!(node.contents instanceof Uint8Array) || node.contents.length < content.length)
    node.contents = new Uint8Array(content.length);
  // Beyond the end also: Emscripten expects zeros there when the file grows again.
  restorePages(node.contents, content);
  node.usedBytes = content.length;
}

/** Brings the file system back to a saved state. */
export function restoreFiles(files: FileSystem, saved: SavedFiles): void {
  const present = linkedNodes(files);
  const isInPlace = (node: MemoryNode, { name, parent, isLinked }: Saved) =>
    isLinked && present.has(node) && node.name === name && node.parent === parent;
  for (const node of present) {
    const before = saved.nodes.get(node);
    if (before === undefined || !isInPlace(node, before)) files.hashRemoveNode(node);
  }
  for (const [node, before] of saved.nodes) {
    const isMissing = before.isLinked && !isInPlace(node, before);
    node.name = before.name;
    node.parent = before.parent;
    if (isMissing) files.hashAddNode(node);
    restoreNode(node, before);
  }
  files.streams.splice(0, files.streams.length, ...saved.streams.map(({ stream }) => stream));
  for (const [fd, { stream, shared }] of saved.streams.entries()) {
    if (!stream || !shared) continue;
    stream.fd = fd;
    Object.assign(stream.shared, shared);
  }
}
