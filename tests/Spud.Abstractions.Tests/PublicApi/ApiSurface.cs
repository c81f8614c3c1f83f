namespace Spud.Abstractions.Tests.PublicApi;

/// <summary>Public types and members of an assembly as text, and what a change of them means to a plugin that has been built.</summary>
/// <param name="text">As PublicApiGenerator writes it: a type's header on one indent, its members on the next.</param>
internal sealed class ApiSurface(string text)
{
    private const string TypeIndent = "    ";
    private const string MemberIndent = "        ";

    /// <summary>Interfaces that plugins implement: in a minor version they gain no member that a plugin must have.</summary>
    private static readonly string[] s_ofPlugins =
        ["IAttention", "ICachePolicy", "IComponent", "IExperts", "IHead", "IJob", "IMemoryDomain", "IRouter", "ISpudPlugin"];

    /// <summary>One line for each change: "breaks" for what a minor version must not do, "adds" for what it may.</summary>
    public static string[] Changes(ApiSurface before, ApiSurface after)
    {
        HashSet<(string Type, string Member)> old = [.. before.Lines()], now = [.. after.Lines()];
        HashSet<string> known = [.. old.Select(line => line.Type)];
        return
        [
            .. before.Lines().Where(line => !now.Contains(line)).Select(line => $"breaks  - {Written(line)}"),
            .. after.Lines().Where(line => !old.Contains(line)).Select(line => $"{(known.Contains(line.Type) && IsOfPlugins(line.Type) ? "breaks" : "adds  ")}  + {Written(line)}"),
        ];
    }

    private static string Written((string Type, string Member) line) => line.Member.Length == 0 ? line.Type : $"{line.Type} :: {line.Member}";

    private static bool IsOfPlugins(string type) => s_ofPlugins.Any(name => type.StartsWith($"public interface {name} ", StringComparison.Ordinal) || type == $"public interface {name}");

    private IEnumerable<(string Type, string Member)> Lines()
    {
        string type = "", before = "";
        foreach (string line in text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Trim() is not ("" or "{" or "}")))
        {
            bool isMember = line.StartsWith(MemberIndent, StringComparison.Ordinal);
            if (!isMember && !line.StartsWith(TypeIndent, StringComparison.Ordinal))
                continue; // attributes of the assembly, and the namespace
            if (line.TrimStart().StartsWith('['))
            {
                before += line.Trim() + " "; // an attribute of the next line
                continue;
            }

            type = isMember ? type : line.Trim();
            yield return (type, isMember || before.Length > 0 ? before + line.Trim() : "");
            before = "";
        }
    }
}
