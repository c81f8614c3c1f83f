using System.Text;
using System.Text.RegularExpressions;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>A document as what it tells its reader to do.</summary>
internal sealed partial class Tutorial
{
    private const string PathToSpud = "/path/to/spud";
    private readonly List<string> _script = [];
    private readonly Predicate<string> _isOmitted;

    private Tutorial(Predicate<string> isOmitted) => _isOmitted = isOmitted;

    /// <summary>Files to write, by their path.</summary>
    public Dictionary<string, string> Files { get; } = [];

    /// <summary>Commands of the script, in order.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Blocks of code that are neither a file nor a command.</summary>
    public List<string> OtherBlocks { get; } = [];

    /// <summary>Lines that commands print, in order.</summary>
    public List<string> Printed { get; } = [];

    /// <summary>Reads a document, or one of its sections.</summary>
    /// <param name="document">File in docs.</param>
    /// <param name="isOmitted">Whether a command is not part of the script.</param>
    /// <param name="section">Heading of the section; null for the whole document.</param>
    public static Tutorial Read(string document, Predicate<string> isOmitted, string? section = null)
    {
        string text = File.ReadAllText(Path.Combine(TestData.Root, "docs", document));
        if (section is not null)
        {
            int begin = text.IndexOf($"\n## {section}\n", StringComparison.Ordinal);
            text = text[begin..text.IndexOf("\n## ", begin + 1, StringComparison.Ordinal)];
        }

        Tutorial tutorial = new(isOmitted);
        foreach (Match block in Block().Matches(text))
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
        else if (!_isOmitted(line[2..]))
            AddCommand(line[2..]);
    }

    private void AddCommand(string command)
    {
        Commands.Add(command);
        _script.Add($"echo '$' {Quoted(command)}\n{command}");
    }

    private static string Quoted(string text) => new StringBuilder("'").Append(text.Replace("'", "'\\''")).Append('\'').ToString();

    [GeneratedRegex(@"(?:^\*\*`(?<path>[^`\n]+)`\*\*\n\n)?^```(?<language>\w+)\n(?<content>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
