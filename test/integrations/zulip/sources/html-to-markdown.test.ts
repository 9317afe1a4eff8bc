import { describe, expect, it } from "vitest";
import { htmlToMarkdown, htmlToText } from "../../../../integrations/zulip/sources/html-to-markdown.ts";

const ZERO_WIDTH = "\u200B";

describe("HTML of a broadcast becomes Markdown:", () => {
  it.each([
    ["plain text", "plain text"],
    [
      "<b>Update</b> at <i>8 pm</i>, see <a href='https://wiki/x?a=1&amp;b=2'>the page</a>.",
      "**Update** at *8 pm*, see [the page](https://wiki/x?a=1&b=2).",
    ],
    ["<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"],
    ["<h2>Title</h2>text", "**Title**\n\ntext"],
    ["<ul><li>a</li><li><b>b</b></li></ul>after", "* a\n* **b**\n\nafter"],
    ["a &amp; b &lt;c&gt; &uuml; &#8364; &#x41; &nope; &", "a & b <c> ü € A &nope; &"],
    ["<code>rm -rf</code>", "`rm -rf`"],
    ["a\n  b\t c", "a b c"],
    ["<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"],
    ["<div>a<div>b</div></div>", "a\n\nb"],
    ["", ""],
  ])("%s", (html, expected) => expect(htmlToMarkdown(html)).toBe(expected));

  it.each([
    ["<b>open <p>and never closed", "**open**\n\nand never closed"],
    ["<b><i>crossed</b></i> end", "***crossed*** end"],
    ["</b>closed only", "closed only"],
    ["<b> </b>empty", "empty"],
    ["<a href='/thruk/x'>relative</a>", "relative"],
    ["<a href='javascript:alert(1)'>x</a>", "x"],
    ["<a href='https://a/)b'>a](https://evil) b</a>", "[a (https://evil) b](https://a/%29b)"],
    ["<script>alert('<b>x</b>')</script><style>b{}</style><!-- <b>c</b> -->shown", "shown"],
    ["<img src=x onerror=alert(1)>text<unknown>", "text"],
    ["a < b and b > c", "a < b and b > c"],
    ["<b", "<b"],
  ])("%s is mended", (html, expected) => {
    const shown = htmlToMarkdown(html);
    expect(shown.replaceAll(ZERO_WIDTH, "").replace("a  (", "a (")).toBe(expected);
  });

  it.each([
    "@**all**",
    "&#64;**all**",
    "@_**Ada**",
    "#**stream**",
    "[x](http://y)",
    "![x](http://y)",
    "$$x$$",
    "```spoiler x",
    "~~x~~",
    "&#96;&#96;&#96;",
  ])("%s starts no markup and mentions nobody", (text) => {
    expect(htmlToMarkdown(text)).not.toMatch(/[@#]_?\*\*|\]\(|\$\$|`|~~/);
  });

  it("is text in one line, if that is wanted", () => {
    const html = "<h1>Big</h1><p><b>bold</b> <a href='https://a/'>link</a></p><ul><li>x</ul>@**all**";
    expect(htmlToText(html).replaceAll(ZERO_WIDTH, "")).toBe("Big bold link * x @**all**");
    expect(htmlToText(html)).not.toContain("@**");
  });

  it("is done quickly, however the text looks", () => {
    for (const bad of ["<", "<b>", "&", "<a href='", "<!--", "<script>", "<b ", "* ", "</b>"]) {
      expect(htmlToMarkdown(bad.repeat(200_000)).length).toBeLessThan(200_000);
    }
  });
});
