// Loaded before the program (NODE_OPTIONS): its clock, and that of its embedded PostgreSQL, is ten years behind.
const RealDate = Date;
const behind = 10 * 365.25 * 24 * 3600 * 1000;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() - behind);
    else super(...parts);
  }
  static now() {
    return RealDate.now() - behind;
  }
};
