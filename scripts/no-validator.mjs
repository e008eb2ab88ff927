// Replaces Ajv and ajv-formats in the build. The SDK's Server makes a validator at every start, and uses it only in
// elicitInput(), which this server does not call.
export default function noValidator() {
  return {
    compile() {
      throw new Error("elicitInput() needs Ajv, which the build leaves out");
    },
  };
}
