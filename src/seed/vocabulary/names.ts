/** Given and family names of many languages; `ascii` is the form for e-mail addresses. */
// biome-ignore format: lists of words
export const givenNames = [
  "Ada", "Alan", "Aisha", "Amara", "Anders", "Ángela", "Antoine", "Barbara", "Beatriz", "Chidi", "Chloé", "Daniel", "Edsger",
  "Elif", "Emeka", "Fatima", "Frances", "Grace", "Hana", "Hedy", "Ibrahim", "Ines", "Ivan", "Jana", "Jean", "Jörg", "Juan",
  "Karen", "Katherine", "Kenji", "Lakshmi", "Leila", "Linus", "Lotte", "Luca", "Mads", "Margaret", "Marta", "Mei", "Miguel",
  "Mira", "Nadia", "Niklaus", "Nora", "Olga", "Omar", "Pavel", "Priya", "Radia", "Ravi", "Rosa", "Samir", "Sofia", "Søren",
  "Tariq", "Tomás", "Ursula", "Vera", "Wei", "Yara", "Yuki", "Zoë", "Zofia", "Zuri",
] as const;

// biome-ignore format: lists of words
export const familyNames = [
  "Abara", "Andersen", "Bakker", "Bianchi", "Bouchard", "Castro", "Chen", "Costa", "Dahl", "Desai", "Diallo", "Dubois",
  "Eriksen", "Farouk", "Fischer", "Fontaine", "García", "Haddad", "Hansen", "Horváth", "Ivanova", "Jansen", "Kamau", "Keller",
  "Khan", "Kowalski", "Kumar", "Lang", "Larsson", "Lindqvist", "Lopez", "Mansour", "Marino", "Mbeki", "Meyer", "Moreau",
  "Müller", "Nakamura", "Ndiaye", "Nguyen", "Novák", "Okafor", "Olsen", "Papadakis", "Patel", "Pereira", "Petrov", "Popescu",
  "Rahman", "Reyes", "Rossi", "Saito", "Santos", "Schmidt", "Silva", "Sørensen", "Tanaka", "Toure", "Varga", "Vasquez",
  "Weber", "Wójcik", "Yilmaz", "Zhang",
] as const;

/** A name as part of an e-mail address: ASCII, lower case. */
export function ascii(name: string): string {
  return name
    .replaceAll("ø", "o")
    .replaceAll("ł", "l")
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .toLowerCase();
}

/** First words of project and team names. */
// biome-ignore format: lists of words
export const brands = [
  "Anchor", "Atlas", "Beacon", "Birch", "Bridge", "Cedar", "Clover", "Comet", "Delta", "Ember", "Falcon", "Fjord", "Harbor",
  "Hazel", "Indigo", "Juniper", "Kestrel", "Lantern", "Maple", "Meadow", "Nimbus", "North", "Orbit", "Pine", "Quartz", "River",
  "Sable", "Summit", "Tidal", "Vela", "Willow", "Zephyr",
] as const;

export const browsers = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
  "socrates-cli/1.4.0",
] as const;
