using System.Runtime.CompilerServices;
using Snapshooter.Xunit3;

namespace Spud.Host.Tests.Snapshots;

/// <summary>
/// What people read, word for word: every change of it shows in a review. To accept changes, run with SPUD_UPDATE_SNAPSHOTS=1 and commit
/// what changed in __snapshots__.
/// </summary>
internal static class TextSnapshot
{
    /// <summary>Compares a text with the one in __snapshots__ next to the test.</summary>
    public static void Match(string text, string name, [CallerFilePath] string test = "")
    {
        if (Environment.GetEnvironmentVariable("SPUD_UPDATE_SNAPSHOTS") is null)
            Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", "on"); // what has no snapshot is a failure
        else
            File.Delete(Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(test)!, "__snapshots__")).FullName, name + ".snap"));

        Snapshot.Match(text.ReplaceLineEndings("\n"), name);
    }
}
