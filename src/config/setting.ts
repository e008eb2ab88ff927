// The type of a setting: how it is written, read and explained.
import type * as z from "zod";

/** The same in English and in Chinese; Markdown where it says so. */
export interface Text {
  en: string;
  zh: string;
}

export interface Setting {
  env: string;
  /** Without its dashes. Absent for the token: a flag would show in the process list. */
  flag?: string;
  /** A flag without a value. */
  isSwitch?: true;
  /** Its value must not be shown. */
  isSecret?: true;
  /** Without it no call succeeds. */
  isRequired?: true;
  /** It restricts what the server may do: warn where a host passed nothing for it. */
  isGuard?: true;
  /** Type of the value; text if absent. */
  format?: "number" | "filepath";
  /** The values it may have, where they are few. */
  choices?: readonly string[];
  /** As it would be written. */
  default?: string;
  /** Reads the text of the variable or flag. */
  schema: z.ZodType;
  /** Its label in the form of an MCPB host. The form asks for the settings that have one. */
  title?: Text;
  /** Its effect, in Markdown. */
  help: Text;
}
