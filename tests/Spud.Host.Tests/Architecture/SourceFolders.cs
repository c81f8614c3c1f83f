using System.Reflection;
using System.Text.RegularExpressions;

namespace Spud.Host.Tests.Architecture;

/// <summary>The folders directly below a project, and what their types name.</summary>
internal sealed partial class SourceFolders
{
    /// <summary>What lies in no folder.</summary>
    public const string Top = ".";

    private readonly Assembly _assembly;
    private readonly Dictionary<string, string> _files = [];

    public SourceFolders(string project)
    {
        _assembly = Assembly.Load(project);
        string root = Path.Combine(TestData.Root, project);
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')))
        {
            if (FolderOf(file) is "bin" or "obj")
                continue;

            string text = File.ReadAllText(Path.Combine(root, file));
            string space = Namespace().Match(text).Groups[1].Value;
            foreach (Match type in Declaration().Matches(text))
                _files[$"{space}.{type.Groups[1].Value}"] = file;
        }
    }

    /// <summary>"From -> To", with the files that draw the arrow.</summary>
    public ILookup<string, string> Arrows() =>
    (
        from type in _assembly.GetTypes()
        where FileOf(type) is not null && type == TypeReferences.Outermost(type)
        from named in TypeReferences.Of(type)
        where named.Assembly == _assembly && FileOf(named) is not null
        let arrow = (From: FileOf(type)!, To: FileOf(named)!)
        where FolderOf(arrow.From) != FolderOf(arrow.To)
        select arrow
    ).Distinct().ToLookup(static arrow => $"{FolderOf(arrow.From)} -> {FolderOf(arrow.To)}", static arrow => $"{arrow.From} names {arrow.To}");

    private static string FolderOf(string file) => file.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? file[..slash] : Top;

    // What the compiler adds stands in no file.
    private string? FileOf(Type type) => _files.GetValueOrDefault($"{type.Namespace}.{type.Name.Split('`')[0]}");

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:\[.*\]\s*)?(?:(?:public|internal|file|sealed|static|abstract|readonly|partial|ref|unsafe)\s+)*(?:class|struct|interface|enum|record(?: struct)?|delegate \S+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
