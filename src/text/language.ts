// The languages in which people are spoken to. Texts for models are English.

export type Language = "en" | "zh";
