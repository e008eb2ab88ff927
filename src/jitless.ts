// Imported before what makes the schemas of settings and of MCP: zod would compile each of them at its first use, which
// takes 2 ms of a start and saves nothing.
import * as z from "zod";

z.config({ jitless: true });
