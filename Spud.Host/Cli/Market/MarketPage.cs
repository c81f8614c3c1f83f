using System.Globalization;
using System.Xml.Linq;
using Spud.Evaluation.Markets;
using static Spud.Host.Html;

namespace Spud.Host;

/// <summary>A simulation as one self-contained HTML file: no network access, no scripts.</summary>
internal static class MarketPage
{
    private const double NanosPerUnit = 1e9;

    /// <summary>The content of the file.</summary>
    public static byte[] Write(MarketReport report) => PageParts.Write($"{Title(report)}, simulated", Header(report), Sections(report));

    private static string Title(MarketReport report) => report.Scenario.Length > 0 ? report.Scenario : "A market";

    private static IEnumerable<XElement> Header(MarketReport report)
    {
        yield return Element("h1", $"{Title(report)}, simulated");
        yield return Element("p", With("class", "lead"), string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0.#} seconds, seed {report.Seed}, under {string.Join(", ", report.Results.Select(static result => result.Scheduler))}"));
    }

    private static IEnumerable<XElement> Sections(MarketReport report)
    {
        yield return PageParts.Wide(
            "In short",
            "Value: of the jobs that ended in time. Jain's index of compute by weight, over the accounts that had waiting jobs during all of 5 seconds: the mean, and the least. Starved: did not begin in time.",
            Table(MarketTable.SummaryHeads, report.Results.Select(MarketTable.Summary)));
        foreach (MarketResult result in report.Results)
        {
            yield return PageParts.Wide($"{result.Scheduler}, by account", "Waiting times until the first row, in seconds; jobs that still wait count with what they have waited.", Table(MarketTable.AccountHeads, result.Accounts.Select(MarketTable.Account)));
            foreach (XElement chart in Charts(result))
                yield return chart;
        }
    }

    private static IEnumerable<XElement> Charts(MarketResult result)
    {
        double[] seconds = [.. result.Samples.Select(static sample => sample.Seconds)];
        XElement key = PageParts.Key([.. ((IEnumerable<AccountOutcome>)result.Accounts).Select(static (account, i) => (Drawing.Series(i), account.Account))]);
        yield return PageParts.Card($"{result.Scheduler}: compute", "CU so far.", PageParts.Figure(MarketChart.Draw("Compute by account", "CU", seconds, ByAccount(result, static (sample, i) => sample.Served[i]))), key);
        yield return PageParts.Card($"{result.Scheduler}: queue", "Jobs that wait.", PageParts.Figure(MarketChart.Draw("Waiting jobs by account", "jobs", seconds, ByAccount(result, static (sample, i) => sample.Waiting[i]))), new XElement(key));
        if (!result.Samples.Any(static sample => sample.Clearing > 0 || sample.Posted > 0))
            yield break;

        (string, double[])[] prices = [("clearing", [.. result.Samples.Select(static sample => sample.Clearing * NanosPerUnit)]), ("posted", [.. result.Samples.Select(static sample => sample.Posted * NanosPerUnit)])];
        yield return PageParts.Wide(
            $"{result.Scheduler}: prices", "What a small bid had to exceed in the last auction, and what was quoted without a bid; per CU, in units of 10^-9.",
            PageParts.Figure(MarketChart.Draw("Prices", "per CU, 10^-9", seconds, prices)), PageParts.Key((Drawing.Series(0), "clearing"), (Drawing.Series(1), "posted")));
    }

    private static (string, double[])[] ByAccount(MarketResult result, Func<MarketSample, int, double> value) =>
        [.. ((IEnumerable<AccountOutcome>)result.Accounts).Select((account, i) => (account.Account, result.Samples.Select(sample => value(sample, i)).ToArray()))];

    private static XElement Table(string[] heads, IEnumerable<string[]> rows) => Element(
        "div", With("class", "scroll"), With("tabindex", "0"),
        Element(
            "table",
            Element("thead", Element("tr", heads.Select(static head => Element("th", With("scope", "col"), head)))),
            Element("tbody", rows.Select(static row => Element("tr", row.Select(static (cell, i) => i == 0 ? Element("th", With("scope", "row"), cell) : Element("td", cell)))))));
}
