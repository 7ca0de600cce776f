/** The forms in which a diagram is rendered. */
export const diagramStyles = ["unicode", "ascii", "mermaid", "dot", "svg"] as const;

export type DiagramStyle = (typeof diagramStyles)[number];
