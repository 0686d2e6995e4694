// What a dashboard does with the types that are generated from docs/openapi.json. It is only type-checked.
import type { components, operations, paths } from "./tracker/tracker";

type Claim = components["schemas"]["Claim"];
type Problem = components["schemas"]["Problem"];
type ClaimList = paths["/api/v1/claims"]["get"]["responses"][200]["content"]["application/json"];
type Filters = NonNullable<operations["listClaims"]["parameters"]["query"]>;

export async function denials(server: string): Promise<Claim[]> {
  const filters: Filters = { kind: ["denial"], sort: "-claimed_on", limit: 200 };
  const claims: Claim[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = new URLSearchParams({ sort: filters.sort ?? "", limit: String(filters.limit) });
    if (cursor) query.set("cursor", cursor);
    filters.kind?.forEach((kind) => query.append("kind", kind));
    const answer = await fetch(`${server}/api/v1/claims?${query}`);
    if (!answer.ok) {
      const problem = (await answer.json()) as Problem;
      throw new Error(problem.errors?.map((e) => `${e.pointer ?? e.parameter}: ${e.detail}`).join("\n") ?? problem.detail);
    }
    const page = (await answer.json()) as ClaimList;
    claims.push(...page.items);
    cursor = page.next;
  }
  return claims;
}

// A merge patch may empty what may be empty, and nothing else.
export const reviewed: components["schemas"]["ClaimPatch"] = { status: "in_review", claimed_on: null };
// @ts-expect-error a claim is never without its text
export const refused: components["schemas"]["ClaimPatch"] = { text: null };

export function words(claim: Claim): string {
  const id: number = claim.id;
  return `${id} ${claim.kind} (${claim.status ?? "logged"}): ${claim.origin.prefix}»${claim.origin.exact}«${claim.origin.suffix}`;
}
