using System.Text.RegularExpressions;

namespace Spud.Host.Tests.Architecture;

/// <summary>
/// A namespace is the path of the file's folders or the beginning of it: deeper folders arrange files, and need no name of their own.
/// (IDE0130 knows only the whole path.)
/// </summary>
public sealed partial class NamespaceTests
{
    /// <summary>Projects whose root is not their name.</summary>
    private static readonly Dictionary<string, string> s_roots = new() { ["Spud.Abstractions"] = "Spud", ["Spud.Engine"] = "Spud" };

    [Fact]
    public void Namespaces_follow_folders()
    {
        string[] files = [.. Directory.GetDirectories(TestData.Root, "Spud.*").SelectMany(static project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            .Select(static file => Path.GetRelativePath(TestData.Root, file).Replace('\\', '/'))
            .Where(static file => file.Split('/')[1] is not ("bin" or "obj"))];
        Assert.NotEmpty(files);
        Assert.All(files, static file =>
        {
            if (Declaration().Match(File.ReadAllText(Path.Combine(TestData.Root, file))) is { Success: true } match)
                Assert.StartsWith($"{match.Groups[1].Value}.", $"{PathOf(file)}.", StringComparison.Ordinal);
        });
    }

    private static string PathOf(string file)
    {
        string[] parts = file.Split('/');
        return string.Join('.', [s_roots.GetValueOrDefault(parts[0], parts[0]), .. parts[1..^1]]);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
