using System.Text;
using System.Text.RegularExpressions;

namespace Spud.Host.Tests.EndToEnd.ThirdParty;

/// <summary><c>docs/writing-a-plugin.md</c> as what it tells its reader to do.</summary>
internal sealed partial class Tutorial
{
    private const string PathToSpud = "/path/to/spud";
    private readonly List<string> _script = [];

    private Tutorial()
    {
    }

    /// <summary>Files to write, by their path.</summary>
    public Dictionary<string, string> Files { get; } = [];

    /// <summary>Blocks of code that are neither a file nor a command.</summary>
    public List<string> OtherBlocks { get; } = [];

    /// <summary>Lines that commands print, in order.</summary>
    public List<string> Printed { get; } = [];

    /// <summary>The document.</summary>
    public static Tutorial Read()
    {
        Tutorial tutorial = new();
        foreach (Match block in Block().Matches(File.ReadAllText(Path.Combine(TestData.Root, "docs", "writing-a-plugin.md"))))
            tutorial.Add(block.Groups["path"].Value, block.Groups["language"].Value, block.Groups["content"].Value.Replace(PathToSpud, TestData.Root));

        return tutorial;
    }

    /// <summary>Everything as a script of the shell in which $SPUD is the program.</summary>
    public string Script => $"set -e\nspud() {{ \"$SPUD\" \"$@\"; }}\n{string.Join('\n', _script)}\n";

    private void Add(string path, string language, string content)
    {
        if (path.Length > 0)
        {
            Files.Add(path, content);
            _script.Add($"mkdir -p \"$(dirname '{path}')\"\ncat > '{path}' <<'END OF FILE'\n{content}END OF FILE");
        }
        else if (language == "console")
        {
            foreach (string line in content.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                AddLine(line);
        }
        else
        {
            OtherBlocks.Add(content);
        }
    }

    private void AddLine(string line)
    {
        if (!line.StartsWith("$ ", StringComparison.Ordinal))
            Printed.Add(line.TrimStart());
        else if (line != $"$ alias spud={TestData.Root}/spud") // that one would build what is being tested
            _script.Add($"echo '$' {Quoted(line[2..])}\n{line[2..]}");
    }

    private static string Quoted(string text) => new StringBuilder("'").Append(text.Replace("'", "'\\''")).Append('\'').ToString();

    [GeneratedRegex(@"(?:^\*\*`(?<path>[^`\n]+)`\*\*\n\n)?^```(?<language>\w+)\n(?<content>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
