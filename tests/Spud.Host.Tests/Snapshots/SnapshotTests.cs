using Snapshooter.Xunit3;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Snapshots;

/// <summary>
/// What people read, word for word: every change of it shows in a review. To accept changes, run with SPUD_UPDATE_SNAPSHOTS=1 and commit
/// what changed in __snapshots__.
/// </summary>
public sealed class SnapshotTests
{
    [Theory]
    [InlineData("bench")]
    [InlineData("compare")]
    [InlineData("explain")]
    [InlineData("doctor")]
    [InlineData("plugins")]
    public void Help(string command) => Match(Spoken.Of(command, "--help").Out, $"help-{command}");

    private static void Match(string text, string name)
    {
        string here = text.ReplaceLineEndings("\n").Replace($"Default: {Environment.ProcessorCount}, this", "Default: N, this");
        string folder = Path.Combine(TestData.Root, "tests", "Spud.Host.Tests", "Snapshots", "__snapshots__");
        if (Environment.GetEnvironmentVariable("SPUD_UPDATE_SNAPSHOTS") is null)
            Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", "on"); // what has no snapshot is a failure
        else
            File.Delete(Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".snap"));

        Snapshot.Match(here, name);
    }
}
