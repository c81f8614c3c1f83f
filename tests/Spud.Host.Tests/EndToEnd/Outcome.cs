using System.Text;
using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>What a command line gave.</summary>
internal sealed record Outcome(int ExitCode, byte[] OutputBytes, string Error)
{
    /// <summary>Standard output.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>Lines of standard error that report something wrong.</summary>
    public string[] Faults => [.. Error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];

    /// <summary>Standard output as one JSON document.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>It did what was asked.</summary>
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return this;
    }

    /// <summary>It ended with one clear error that holds some words, no output and no stack trace.</summary>
    public void Refused(int exitCode, params string[] words)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}: {Output}{Error}");
        Assert.Empty(Output);
        Assert.Single(Faults);
        Assert.DoesNotContain("   at ", Error);
        Assert.DoesNotContain("unexpected", Error);
        Assert.All(words, word => Assert.Contains(word, Error));
    }
}
