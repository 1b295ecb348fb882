// The walk-through by the client that openapi-typescript and openapi-fetch make: node walkthrough.js URL ARTICLES
// (a JSON array of bodies). Ends with an error where an answer is not as described.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Schemas = components["schemas"];

const [, , baseUrl, given] = process.argv;
const bodies: Schemas["ArticleIn"][] = JSON.parse(given!);
// A timeline can also be asked for as CSV, a report as JSON-LD: not here.
const api = createClient<paths, "application/json" | "application/problem+json" | "text/plain">({ baseUrl: baseUrl! });

function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`);
}

// What was answered; a problem is thrown with its words.
async function good<T>(answer: Promise<{ data?: T; error?: { detail: string } }>): Promise<NonNullable<T>> {
  const { data, error } = await answer;
  if (error) throw new Error(error.detail);
  return data!;
}

async function submit(body: Schemas["ArticleIn"]): Promise<Schemas["ArticleDetail"]> {
  const accepted = await good(api.POST("/v1/articles", { body, params: { header: { Prefer: "wait=60" } } }));
  return good(api.GET("/v1/articles/{article_id}", { params: { path: { article_id: accepted.id } } }));
}

const articles: Schemas["ArticleDetail"][] = [];
for (const body of bodies) articles.push(await submit(body));

for (const article of articles) {
  hold(article.status === "analysed", `${article.title} is analysed`);
  const text = [...(await good(
    api.GET("/v1/articles/{article_id}/text", { params: { path: { article_id: article.id } }, parseAs: "text" }),
  ))];
  const sentences = article.summary?.sentences ?? [];
  hold(sentences.length > 0, `${article.title} has a summary`);
  for (const piece of sentences.flatMap((sentence) => sentence.evidence)) {
    // Offsets count code points, which is what a string spread out is made of.
    hold(text.slice(piece.start, piece.end).join("") === piece.exact, "evidence quotes its article");
  }
}

const stories = new Set(articles.map((article) => article.story_id));
hold(stories.size === 1, "the articles found each other");
const story_id = articles[0]!.story_id!;
const path = { story_id };
const timeline = await good(api.GET("/v1/stories/{story_id}/timeline", { params: { path } }));
hold(timeline.items.some((item) => item.evidence.length > 1), "the timeline brings articles together");

const conflicts = await good(api.GET("/v1/stories/{story_id}/conflicts", { params: { path } }));
const report = conflicts.items[0]!;
hold(report.positions.length > 1, "a report has positions");
const at = { params: { path: { conflict_id: report.id } } };
await good(api.PATCH("/v1/conflicts/{conflict_id}", { ...at, body: { status: "confirmed", note: "Asked both." } }));
const judged = await good(api.GET("/v1/conflicts/{conflict_id}", at));
hold(judged.status === "confirmed" && judged.note === "Asked both.", "the verdict was kept");

const last = { params: { path: { article_id: articles.at(-1)!.id } } };
const moved = await good(api.PATCH("/v1/articles/{article_id}", { ...last, body: { story_id: null } }));
hold(moved.story_id !== null && moved.story_id !== story_id, "the article went to a story of its own");

for (const { id } of articles) {
  const one = { params: { path: { article_id: id } } };
  const { response } = await api.DELETE("/v1/articles/{article_id}", one);
  hold(response.status === 204, "an article is deleted");
  const { error } = await api.GET("/v1/articles/{article_id}", one);
  hold(error?.type === "urn:claimline:problem:not-found", "it is gone");
}
const left = await good(api.GET("/v1/stories/{story_id}/timeline", { params: { path } }));
hold(left.items.length === 0, "what it brought is gone as well");
console.log(`${articles.length} articles, ${timeline.items.length} entries, ${conflicts.items.length} reports`);
