// Languages of texts for people. Texts for models are English.

export type Language = "en" | "zh";
