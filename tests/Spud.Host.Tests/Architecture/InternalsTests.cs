using System.Text.RegularExpressions;

namespace Spud.Host.Tests.Architecture;

/// <summary>Internals are for the assembly and its tests: what others build on, such as the conformance kit, is public, or a patch would break them.</summary>
public sealed partial class InternalsTests
{
    [Fact]
    public void Internals_are_visible_to_test_projects_only()
    {
        string[] files = [.. new[] { "*.csproj", "*.props", "*.targets", "*.cs" }.SelectMany(pattern => Directory.EnumerateFiles(TestData.Root, pattern, SearchOption.AllDirectories))
            .Where(static file => !Generated().IsMatch(file))];
        (string File, string Friend)[] friends = [.. files.SelectMany(file => Friend().Matches(File.ReadAllText(file)).Select(match => (Path.GetRelativePath(TestData.Root, file), match.Groups[1].Value)))];
        Assert.NotEmpty(friends);
        Assert.DoesNotContain(friends, static friend => !friend.Friend.EndsWith(".Tests", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex Generated();

    [GeneratedRegex(@"InternalsVisibleTo(?: Include=|\(|Attribute\()""([\w.]+)")]
    private static partial Regex Friend();
}
