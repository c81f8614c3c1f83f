using System.Text.RegularExpressions;

namespace Spud.Abstractions.Tests.PublicApi;

/// <summary>Public types and members of an assembly as text, and what a change of them means to a plugin that has been built.</summary>
/// <param name="text">As PublicApiGenerator writes it: a type's header on one indent, its members on the next.</param>
internal sealed class ApiSurface(string text)
{
    private const string TypeIndent = "    ";
    private const string MemberIndent = "        ";
    private static readonly Regex s_experimental = new(@"\[System\.Diagnostics\.CodeAnalysis\.Experimental\([^\]]*\)\] ?");

    /// <summary>Interfaces that plugins implement: in a minor version they gain no member that a plugin must have.</summary>
    private static readonly string[] s_ofPlugins =
        ["IAttention", "ICachePolicy", "IComponent", "IExperts", "IFold", "IHead", "IJob", "IMakesFolds", "IMemoryDomain", "IMergesStates", "IPerLayerRouter", "IRouter", "ISpudPlugin"];

    /// <summary>Structs that native code reads as rows of numbers: one more field moves every row but the first.</summary>
    private static readonly string[] s_ofNativeCode = ["KeyRun", "SequenceSlice"];

    /// <summary>
    /// One line for each change: "breaks" for what a minor version must not do, "adds" for what it may, "drops" for an experimental member
    /// that is gone or was changed, which it may too.
    /// </summary>
    public static string[] Changes(ApiSurface before, ApiSurface after)
    {
        Dictionary<(string Type, string Member), bool> old = before.Lines(), now = after.Lines();
        HashSet<string> known = [.. old.Keys.Select(line => line.Type)];
        return
        [
            .. old.Where(line => !now.ContainsKey(line.Key)).Select(line => $"{(line.Value ? "drops " : "breaks")}  - {Written(line.Key)}"),
            .. now.Keys.Where(line => !old.ContainsKey(line)).Select(line => $"{(known.Contains(line.Type) && Breaks(line.Type, line.Member) ? "breaks" : "adds  ")}  + {Written(line)}"),
            .. now.Where(line => old.TryGetValue(line.Key, out bool was) && was != line.Value).Select(line => line.Value ? $"breaks  ~ {Written(line.Key)} became experimental" : $"adds    ~ {Written(line.Key)} is no longer experimental"),
        ];
    }

    private static string Written((string Type, string Member) line) => line.Member.Length == 0 ? line.Type : $"{line.Type} :: {line.Member}";

    /// <summary>Whether a new member of a type that was there before breaks plugins.</summary>
    private static bool Breaks(string type, string member) =>
        IsAny(type, "interface", s_ofPlugins)
        || member.Contains(" required ", StringComparison.Ordinal)
        || (IsAny(type, "readonly struct", s_ofNativeCode) && !member.Contains(" static ", StringComparison.Ordinal) && (member.EndsWith(';') || member.Contains("init;", StringComparison.Ordinal)));

    private static bool IsAny(string type, string kind, string[] names) =>
        names.Any(name => type == $"public {kind} {name}" || type.StartsWith($"public {kind} {name} ", StringComparison.Ordinal));

    /// <summary>Types and members, and whether each is experimental.</summary>
    private Dictionary<(string Type, string Member), bool> Lines()
    {
        Dictionary<(string Type, string Member), bool> lines = [];
        string type = "", before = "";
        bool isExperimental = false;
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

            string attributes = s_experimental.Replace(before, "");
            if (!isMember)
                (type, isExperimental) = (line.Trim(), attributes != before);
            lines[(type, isMember ? attributes + line.Trim() : attributes)] = isExperimental || attributes != before;
            before = "";
        }

        return lines;
    }
}
