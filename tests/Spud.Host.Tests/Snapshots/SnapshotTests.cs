using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Snapshots;

/// <summary>Help texts, word for word.</summary>
public sealed class SnapshotTests
{
    [Theory]
    [InlineData("bench")]
    [InlineData("compare")]
    [InlineData("explain")]
    [InlineData("doctor")]
    [InlineData("plugins")]
    public void Help(string command) => TextSnapshot.Match(Spoken.Of(command, "--help").Out.Replace($"Default: {Environment.ProcessorCount}, this", "Default: N, this"), $"help-{command}");
}
