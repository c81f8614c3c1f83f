using System.Diagnostics;
using System.Text.Json;
using Spud.Server.Tests.Clients;

namespace Spud.Server.Tests;

/// <summary><c>spud bench serve</c> against a server of this process.</summary>
public sealed class BenchServeTests(SharedServer shared)
{
    [Theory]
    [InlineData("--clients", "2")]
    [InlineData("--rate", "50")]
    public async Task It_measures_a_server_in_a_closed_and_an_open_loop(string option, string value)
    {
        JsonElement result = JsonDocument.Parse(await RunAsync(0, option, value)).RootElement;
        Assert.Equal(6, result.GetProperty("requests").GetInt32());
        Assert.Equal(0, result.GetProperty("failed").GetInt32());
        Assert.True(result.GetProperty("tokensPerSecond").GetDouble() > 0);
        JsonElement first = result.GetProperty("firstMilliseconds");
        Assert.InRange(first.GetProperty("p50").GetDouble(), 0.01, first.GetProperty("max").GetDouble());
    }

    [Fact]
    public async Task It_says_what_went_wrong() => await RunAsync(1, "--name", "nope");

    private async Task<string> RunAsync(int expected, params string[] arguments)
    {
        ProcessStartInfo start = new(RunningServer.Program, ["bench", "serve", "--url", $"{shared.Server.Address}", "--requests", "6", "--prompt-words", "4", "--max-tokens", "8", "--json", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == expected, await error);
        Assert.Equal(expected != 0, (await error).Contains("model_not_found", StringComparison.Ordinal));
        return text;
    }
}
