using System.Globalization;
using System.Text.Json;
using Spud.Metering;

namespace Spud.Host;

/// <summary>Output of a request's receipt: a file, or a table on standard error. Opened before the work, so that no bill is lost.</summary>
internal sealed class ReceiptOutput : IDisposable
{
    private const string Table = "-";

    private readonly Shell _shell;
    private readonly PriceList? _prices;
    private readonly bool _asTable;
    private readonly OutputFile? _file;

    /// <param name="path">The file; "-" for a table; null for no receipt.</param>
    /// <param name="prices">The price list.</param>
    /// <param name="shell">Receives the table.</param>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public ReceiptOutput(string? path, PriceList? prices, Shell shell)
    {
        (_shell, _prices, _asTable) = (shell, prices, path == Table);
        _file = path is null or Table ? null : shell.Files.Create(path);
    }

    /// <summary>Writes the receipt of a ledger.</summary>
    /// <exception cref="IOException">The disk is full or no longer available.</exception>
    public void Write(Ledger ledger)
    {
        if (_asTable)
            WriteTable(Receipt.Of(ledger, _prices), _shell.Error);
        if (_file is null)
            return;

        _file.Write(JsonSerializer.SerializeToUtf8Bytes(Receipt.Of(ledger, _prices), ReceiptJson.Default.Receipt));
        _file.Write("\n"u8);
        _file.Complete();
    }

    public void Dispose() => _file?.Dispose();

    internal static void WriteTable(Receipt receipt, TextWriter to)
    {
        TextTable table = new("<<>>>>>");
        table.Add("phase", "role", "tokens", "CU", "GB read", "seconds", receipt.Charge?.Currency ?? "");
        foreach (ReceiptPhase phase in receipt.Phases)
        {
            foreach (ReceiptLine line in receipt.Lines.Where(line => line.Phase == phase.Phase))
                table.Add($"{line.Phase}".ToLowerInvariant(), line.Role, $"{phase.Tokens}", Number(line.ComputeUnits), Number(line.GigabytesRead), Seconds(line.Seconds), Money(line.Amount));
        }

        if (receipt.Charge is { } charge)
        {
            table.Add("kept keys and values", "", "", "", "", "", Money(charge.Kept));
            if (charge.Free > 0)
                table.Add("free", "", "", "", "", "", Money(-charge.Free));
            // With these two, the column adds up to its total.
            decimal due = charge.Work + charge.Kept - charge.Free, charged = due > 0 ? Math.Max(due, charge.MinimumCharge) : due;
            if (charged != due)
                table.Add("minimum charge", "", "", "", "", "", Money(charged - due));
            if (charge.Total != charged)
                table.Add("rounding", "", "", "", "", "", Money(charge.Total - charged));
        }

        table.Add("total", "", $"{receipt.Phases.Sum(phase => phase.Tokens)}", Number(receipt.ComputeUnits), Number(receipt.GigabytesRead), Seconds(receipt.Lines.Sum(line => line.Seconds)), Money(receipt.Charge?.Total));
        to.WriteLine($"receipt: {receipt.Model}, {Outcome(receipt)}{(receipt.Charge is { } by ? $", prices '{by.PriceList}' {by.Version}" : "")}");
        table.Write(to);
        if (receipt.Drafts is { Steps: > 0 } drafts)
            to.WriteLine($"drafts: {Figures.Drafts(drafts.TokensPerStep, drafts.Accepted, drafts.Drafted)}; of the total, {Number(decimal.Round(drafts.RejectedComputeUnits, 6))} CU for rejected tokens; asked in {drafts.Asked} of {drafts.Steps} steps, lengths for {Figures.Name(drafts.Prefer)}");
        if (receipt.Label is { } label)
            to.WriteLine($"task, as the router tells: {Figures.Label(label)}");
        foreach (ReportedFigure figure in receipt.Reported)
            to.WriteLine($"reported by the plugin, not billed: {figure.Role} {Models.Messages.QuotedText.Of(figure.Component)}: {Models.Messages.QuotedText.Of(figure.Name)} {figure.Value.ToString("0.######", CultureInfo.InvariantCulture)}");
    }

    private static string Outcome(Receipt receipt)
    {
        string limit = receipt.Limit switch
        {
            { ComputeUnits: { } units } => $" (limit {Number(units)} CU)",
            { Amount: { } amount, Currency: { } currency } => $" (limit {Number(amount)} {currency})",
            _ => "",
        };
        return receipt.Outcome switch
        {
            RequestOutcome.StoppedByBudget => "stopped by budget",
            { } outcome => $"{outcome}".ToLowerInvariant(),
        } + limit;
    }

    private static string Money(decimal? amount) => amount is { } known ? Number(known) : "";

    private static string Number(decimal value) => value.ToString("0.###############", CultureInfo.InvariantCulture);

    private static string Seconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
