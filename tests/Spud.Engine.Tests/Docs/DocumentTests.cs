using System.Text.RegularExpressions;
using Xunit;

namespace Spud.Tests.Docs;

/// <summary>Documents show code that is compiled with the solution, and name files that exist.</summary>
public sealed partial class DocumentTests
{
    private static readonly string s_root = TestData.Root;

    public static TheoryData<string> Documents => [.. Directory.GetFiles(Path.Combine(s_root, "docs"), "*.md").Append(Path.Combine(s_root, "README.md")).Select(file => Path.GetRelativePath(s_root, file))];

    // The tutorial is not only compared: a test of the host writes its files and enters its commands.
    public static TheoryData<string> Quoting => [.. Directory.GetFiles(Path.Combine(s_root, "docs"), "*.md").Select(file => Path.GetRelativePath(s_root, file)).Where(file => Path.GetFileName(file) != "writing-a-plugin.md").Append("README.md")];

    [Theory]
    [MemberData(nameof(Quoting))]
    public void Every_code_block_stands_in_a_compiled_file(string document)
    {
        string[] sources =
        [
            .. Directory.GetFiles(Path.Combine(s_root, "samples"), "*.cs*", SearchOption.AllDirectories).Select(File.ReadAllText),
            File.ReadAllText(Path.Combine(s_root, "tests", "Backend.Torch.Tests", "TorchContract.cs")),
        ];
        foreach (Match block in CodeBlock().Matches(Read(document)))
            Assert.Contains(sources, source => source.Contains(block.Groups[1].Value.TrimEnd('\n')));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_somewhere(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(s_root, document))!;
        foreach (Match link in Link().Matches(Read(document)))
        {
            string target = Path.GetFullPath(Path.Combine(folder, link.Groups[1].Value));
            Assert.True(Path.Exists(target), $"{document} links to {link.Groups[1].Value}, which is not there");
        }
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(s_root, document));

    [GeneratedRegex(@"```(?:csharp|xml)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex Link();
}
