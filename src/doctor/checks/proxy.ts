// Which proxy requests use, and whether it can be used.
import { proxyFor } from "../../config/proxy.ts";
import { error, note, type Observation, ok } from "../finding.ts";

export function checkProxy(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Observation {
  const route = proxyFor(url, env);
  switch (route.kind) {
    case "proxy":
      return note(({ proxy }) => proxy.through(route.variable, route.address));
    case "unusable":
      return error(({ proxy }) =>
        route.problem === "credentials"
          ? proxy.credentials(route.variable)
          : proxy.unusable(route.variable, route.problem),
      );
    case "exempt":
      return note(({ proxy }) => proxy.exempt(new URL(url).hostname, route.variable));
    case "direct":
      return ok(({ proxy }) => proxy.none);
  }
}
