using System.Net;
using System.Text;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Builds the HTML of a mail: readable on a phone and in the dark, with nothing that is fetched from elsewhere. Whatever is
/// put in is encoded.
/// </summary>
public sealed class MailHtml
{
    // A backslash at the end of a line joins it with the next.
    private static readonly string Head =
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>Crowsnest</title>
        <style>
        :root{color-scheme:light dark}
        body{font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;max-width:46em;margin:0 auto;padding:1em;\
        background:#fff;color:#1b1b1b;overflow-wrap:anywhere}
        h1{font-size:1.3em;line-height:1.3;margin:.4em 0 .8em}h2{font-size:1.05em;margin:1.6em 0 .4em}
        table{border-collapse:collapse;width:100%}\
        th,td{text-align:left;vertical-align:top;padding:.4em .8em .4em 0;border-bottom:1px solid #ddd}
        th{font-weight:600;white-space:nowrap}ul{padding-left:1.2em;margin:.3em 0}li{margin:.2em 0}
        code{display:block;font:13px/1.5 ui-monospace,Consolas,Menlo,monospace;background:#f2f2f2;padding:.4em .6em;\
        margin:.2em 0 .6em;white-space:pre-wrap;border-radius:4px}
        .level{display:inline-block;padding:.1em .7em;border-radius:4px;color:#fff;background:#5a5a5a;font-weight:600}
        .Critical{background:#8b1a1a}.High{background:#b3371f}.Medium{background:#8a5a00}
        input,select,textarea{font:inherit;padding:.3em;max-width:100%;box-sizing:border-box}label{display:block;margin:.6em 0}
        button{font:inherit;padding:.5em 1.2em}\
        .answer a{display:inline-block;padding:.5em 1em;margin:.2em .4em .2em 0;border:1px solid #0b57d0;border-radius:4px;\
        text-decoration:none}
        a{color:#0b57d0}small,.quiet{color:#5f5f5f}img{max-width:100%;height:auto;background:#fff}
        @media (max-width:480px){table.facts th,table.facts td{display:block;padding:.2em 0}table.facts th{border:0;padding-top:.6em}}
        @media (prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}th,td{border-color:#3a3d42}code{background:#25282d}
        a{color:#8ab4f8}.answer a{border-color:#8ab4f8}small,.quiet{color:#a8a8a8}.Critical{background:#a52a2a}}
        </style></head><body>

        """.ReplaceLineEndings("\n").Replace("\\\n", "", StringComparison.Ordinal);

    private readonly StringBuilder _html = new(Head);

    /// <summary>Adds markup as it is. Never with anything in it that came from outside.</summary>
    public MailHtml Raw(string markup)
    {
        _html.Append(markup);
        return this;
    }

    /// <summary>Adds text, encoded.</summary>
    public MailHtml Text(string text)
    {
        _html.Append(Encode(text));
        return this;
    }

    public MailHtml Heading(string title) => Raw("<h2>").Text(title).Raw("</h2>\n");

    /// <summary>A table of labels and values; on a phone the one stands above the other.</summary>
    public MailHtml Facts(IEnumerable<(string Label, string Value)> facts)
    {
        Raw("<table class=\"facts\">\n");
        foreach ((string label, string value) in facts)
        {
            Raw("<tr><th>").Text(label).Raw("</th><td>").Text(value).Raw("</td></tr>\n");
        }

        return Raw("</table>\n");
    }

    /// <summary>A heading with a table, or nothing when there are no facts.</summary>
    public MailHtml Facts(string title, IReadOnlyCollection<(string Label, string Value)> facts) =>
        facts.Count == 0 ? this : Heading(title).Facts(facts);

    /// <summary>A heading with a list, or nothing when there are no lines.</summary>
    public MailHtml List(string title, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
        {
            return this;
        }

        Heading(title).Raw("<ul>\n");
        foreach (string line in lines)
        {
            Raw("<li>").Text(line).Raw("</li>\n");
        }

        return Raw("</ul>\n");
    }

    public MailHtml Commands(string title, IReadOnlyCollection<AlertCommand> commands)
    {
        if (commands.Count == 0)
        {
            return this;
        }

        Heading(title);
        foreach (AlertCommand command in commands)
        {
            Text(command.Why).Raw("\n<code>").Text(command.Line).Raw("</code>\n");
        }

        return this;
    }

    public MailHtml Link(Uri target, string text) =>
        Raw("<a href=\"").Text(target.AbsoluteUri).Raw("\">").Text(text).Raw("</a>");

    /// <summary>The whole document.</summary>
    public string End() => Raw("</body></html>\n")._html.ToString();

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
