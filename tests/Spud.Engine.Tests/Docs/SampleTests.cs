using System.Diagnostics;
using Xunit;

namespace Spud.Tests.Docs;

/// <summary>The programs that the documents show do what they say.</summary>
public sealed class SampleTests
{
    private static readonly string s_plugins = Path.Combine(TestData.Root, "Spud.Host", "bin", "Release", "net10.0", "plugins");

    [Fact]
    public async Task The_embedding_program_answers()
    {
        string program = Path.Combine(TestData.Root, "samples", "Embedding", "bin", "Release", "net10.0", "Embedding");
        using Process process = Process.Start(new ProcessStartInfo(program, [TestData.DefaultModel, s_plugins, "What is the capital of France?"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Paris", answer);
        Assert.Contains("tokens, StopToken", await errors);
    }
}
