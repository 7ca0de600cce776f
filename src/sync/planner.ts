import { planCreation } from "../repair/creation.ts";
import type { Creation } from "../repair/unit.ts";
import type { Kind, Schema } from "../schema/model.ts";
import type { Item } from "../sql/items.ts";
import { type Edit, nextLine, overlap, removal } from "./edits.ts";
import { type FileEdit, PlacedFence } from "./file-edits.ts";
import { inStyle } from "./forms.ts";
import { type ItemChanges, itemEdits } from "./item-edits.ts";
import type { Makers } from "./makers.ts";
import type { SourceDocument, SourceFence, SourceStatement } from "./source.ts";
import type { TableItems } from "./table-items.ts";

interface MutableItemChanges extends ItemChanges {
  readonly edits: Edit[];
  readonly removed: Set<Item>;
  readonly added: { after: Item; text: string }[];
}

/** Collects the edits of one round: those of one list of items are made together. */
export class Planner {
  readonly source: SourceDocument;
  readonly makers: Makers;
  readonly wanted: Schema;
  /** Name of the database. */
  readonly database: string;
  private readonly edits = new Map<SourceFence, Edit[]>();
  private readonly lists = new Map<SourceStatement, { list: TableItems; changes: MutableItemChanges }>();
  private readonly inserted = new Map<SourceStatement, string[]>();
  private readonly removed = new Set<SourceStatement>();
  private created: readonly Creation[] | undefined;
  /** Statements that belong to no table, and for which the document has no section yet. */
  readonly loose: { readonly kind: Kind; readonly sqls: readonly string[] }[] = [];
  /** Whether a change waits for the next round, as another one has edited the same place. */
  hasDropped = false;

  constructor(source: SourceDocument, makers: Makers, wanted: Schema, database: string) {
    this.source = source;
    this.makers = makers;
    this.wanted = wanted;
    this.database = database;
  }

  /** How the wanted schema would be created. */
  get creations(): readonly Creation[] {
    this.created ??= planCreation(this.wanted).creations;
    return this.created;
  }

  /** The statements of this database. */
  get statements(): readonly SourceStatement[] {
    return this.source.statements.filter(({ fence }) => fence.section.database === this.database);
  }

  /** The last statement of what belongs to no table. */
  get lastObject(): SourceStatement | undefined {
    const isOfObjects = ({ fence: { section, file } }: SourceStatement) =>
      section.written === undefined && (section.depth > 0 || this.source.texts[file]?.isSql === true);
    return this.statements.findLast(isOfObjects);
  }

  private changesOf(list: TableItems): MutableItemChanges {
    const known = this.lists.get(list.statement);
    if (known !== undefined) return known.changes;
    const changes = { edits: [], removed: new Set<Item>(), added: [] };
    this.lists.set(list.statement, { list, changes });
    return changes;
  }

  /** Items of a statement are found again for each change: the first ones count. */
  private own(list: TableItems, item: Item): Item {
    this.changesOf(list);
    const { items } = this.lists.get(list.statement)?.list ?? list;
    return items.find(({ start }) => start === item.start) ?? item;
  }

  editItem(list: TableItems, edit: Edit): void {
    this.changesOf(list).edits.push(edit);
  }

  removeItem(list: TableItems, item: Item): void {
    this.changesOf(list).removed.add(this.own(list, item));
  }

  addItem(list: TableItems, after: Item, text: string): void {
    this.changesOf(list).added.push({ after: this.own(list, after), text });
  }

  remove(statement: SourceStatement): void {
    this.removed.add(statement);
  }

  replace(statement: SourceStatement, { from, to, text }: Edit): void {
    const { fence, offset } = statement;
    this.edit(fence, { from: from + offset, to: to + offset, text });
  }

  private edit(fence: SourceFence, edit: Edit): void {
    const edits = this.edits.get(fence) ?? [];
    // What overlaps is done in the next round.
    if (edits.some((other) => overlap(other, edit))) this.hasDropped = true;
    else edits.push(edit);
    this.edits.set(fence, edits);
  }

  /** Inserts generated statements after the one that they follow, written as it is. */
  insertAfter(statement: SourceStatement, sqls: readonly string[]): void {
    const texts = sqls.map((sql) => inStyle(sql, statement.text));
    this.inserted.set(statement, [...(this.inserted.get(statement) ?? []), ...texts]);
  }

  private flushInserted(): void {
    for (const [statement, sqls] of this.inserted) {
      const { fence, end, wholeEnd } = statement;
      const { text } = fence.block;
      const lineEnd = nextLine(text, wholeEnd);
      const at = lineEnd === text.length && !text.endsWith("\n") ? lineEnd : lineEnd - 1;
      const isOpen = wholeEnd === end;
      // Something else may follow on the same line.
      const rest = text.slice(wholeEnd, at).trim();
      const isAlone = rest === "" || rest.startsWith("--") || rest.startsWith("/*");
      const place = isAlone ? at : wholeEnd;
      if (isOpen && place > end) this.edit(fence, { from: end, to: end, text: ";" });
      const isFirst = this.removed.has(statement) && removal(text, statement.offset, wholeEnd).from === 0;
      const joined = sqls
        .map((sql) => `\n${sql};`)
        .join("")
        .slice(isFirst ? 1 : 0);
      this.edit(fence, { from: place, to: place, text: isOpen && place === end ? `;${joined}` : joined });
    }
  }

  private flushRemoved(): void {
    for (const statement of this.removed) {
      const { fence, offset, wholeEnd } = statement;
      const range = removal(fence.block.text, offset, wholeEnd);
      const insertedHere = this.inserted.has(statement);
      // An insertion at its end keeps the line break.
      const { text } = fence.block;
      const keepsBreak = insertedHere && range.to > range.from && text[range.to - 1] === "\n";
      this.edit(
        fence,
        keepsBreak ? { ...range, from: Math.max(0, range.from - 1), to: range.to - 1 } : range,
      );
    }
  }

  /** All edits, by file. */
  fileEdits(): FileEdit[] {
    for (const { list, changes } of this.lists.values()) {
      const { statement, items } = list;
      const isEmptied =
        items.length > 0 && changes.removed.size === items.length && changes.added.length === 0;
      if (isEmptied && !statement.createsTable) this.removed.add(statement);
      else
        for (const edit of itemEdits(statement.fence.block.text, items, changes))
          this.edit(statement.fence, edit);
    }
    this.flushRemoved();
    this.flushInserted();
    return [...this.edits].flatMap(([fence, edits]) => {
      const text = this.source.texts[fence.file];
      if (text === undefined) throw new Error("a code block is in a file of the document");
      const placed = new PlacedFence(fence, text);
      return edits.map((edit) => placed.edit(edit));
    });
  }
}
