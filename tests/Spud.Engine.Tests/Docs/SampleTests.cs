using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Spud.Tests.Docs;

/// <summary>The programs that the documents show do what they say.</summary>
public sealed class SampleTests
{
    private static readonly string s_plugins = Path.Combine(TestData.Root, "Spud.Host", "bin", "Release", "net10.0", "plugins");

    [Fact]
    public async Task The_embedding_program_answers()
    {
        (string answer, string notes) = await RunAsync("Embedding", TestData.DefaultModel, s_plugins, "What is the capital of France?");
        Assert.Contains("Paris", answer);
        Assert.Contains("tokens, StopToken", notes);
    }

    [Fact]
    public async Task The_billing_program_charges_what_was_computed()
    {
        using TempFolder temp = new();
        (string answer, string notes) = await RunAsync("Billing", TestData.DefaultModel, s_plugins, temp.File("accounts.db"), "The capital of France is");
        Assert.Contains("Paris", answer);
        Match bill = Regex.Match(notes, @"^([\d.]+) CU, ([\d.]+) of 0.20* EUR\n$");
        Assert.True(bill.Success, notes);
        (decimal units, decimal charge) = (decimal.Parse(bill.Groups[1].Value, CultureInfo.InvariantCulture), decimal.Parse(bill.Groups[2].Value, CultureInfo.InvariantCulture));
        Assert.Equal(decimal.Round(units * 0.0015m, 9), charge);
        Assert.InRange(units, 1, 100);
    }

    private static async Task<(string Out, string Error)> RunAsync(string sample, params string[] arguments)
    {
        string program = Path.Combine(TestData.Root, "samples", sample, "bin", "Release", "net10.0", sample);
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return (output, await errors);
    }
}
