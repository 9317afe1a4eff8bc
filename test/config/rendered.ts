import { renderOptions } from "../../src/config/render/help.ts";
import { renderMarkdown } from "../../src/config/render/markdown.ts";
import { renderSampleConf } from "../../src/config/render/sample.ts";
import { INTRODUCTION } from "../../src/config/worker/introduction.ts";
import { GROUPS } from "../support/config/load-memory.ts";

/** What the worker renders of its table. */
export const HELP = renderOptions(GROUPS);
export const SAMPLE = renderSampleConf(GROUPS);
export const MARKDOWN = renderMarkdown(GROUPS, INTRODUCTION);
