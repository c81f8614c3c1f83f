using System.Runtime.CompilerServices;
using PublicApiGenerator;
using Xunit;

namespace Spud.Abstractions.Tests.PublicApi;

/// <summary>The contract's surface is what the file of its version says, so that no change of it goes unseen.</summary>
public sealed class PublicApiTests
{
    private const string WriteVariable = "SPUD_WRITE_API";

    [Fact]
    public void The_surface_is_that_of_its_version()
    {
        string file = Path.Combine(Folder(), $"PublicApi-{ContractVersion.Major}.{ContractVersion.Minor}.txt");
        string now = typeof(ISpudPlugin).Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(file, now);
            Assert.Skip($"{file} was written, because {WriteVariable} is 1: run the tests without it");
        }

        string[] changes = ApiSurface.Changes(new(File.Exists(file) ? File.ReadAllText(file) : ""), new(now));
        Assert.True(changes.Length == 0, $"""
            The contract is not what {Path.GetFileName(file)} says:

              {string.Join("\n  ", changes)}

            "breaks": a plugin that was built against {ContractVersion.Major}.{ContractVersion.Minor} would no longer load or build. Take it back, or raise ContractVersion.Major.
            "adds": interfaces that the host implements, and classes, may gain members that are not required. "drops": an experimental member may go.
            If {ContractVersion.Major}.{ContractVersion.Minor} has been released, raise ContractVersion.Minor and the project's Version; a new member begins with [Experimental(Experiments.Id)].
            Then write the file of that version, with this and commit it; those of older versions stay as they are:
              {WriteVariable}=1 tests/Spud.Abstractions.Tests/bin/Release/net10.0/Spud.Abstractions.Tests -class {typeof(PublicApiTests)}
            """);
    }

    [Fact]
    public void No_minor_version_broke_an_older_one()
    {
        string now = typeof(ISpudPlugin).Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false });
        string[] files = Directory.GetFiles(Folder(), $"PublicApi-{ContractVersion.Major}.*.txt");
        Assert.NotEmpty(files);
        foreach (string file in files)
            Assert.DoesNotContain(ApiSurface.Changes(new(File.ReadAllText(file)), new(now)), change => change.StartsWith("breaks", StringComparison.Ordinal) && !change.Contains("ContractVersion :: public const int Minor"));
    }

    [Theory]
    [InlineData("public sealed class Offer\n    {\n        public bool New { get; init; }", "adds    + public sealed class Offer :: public bool New { get; init; }")]
    [InlineData("public interface IBuildContext\n    {\n        void New();", "adds    + public interface IBuildContext :: void New();")]
    [InlineData("public interface IRouter : Spud.IComponent, System.IDisposable\n    {\n        void New();", "breaks  + public interface IRouter : Spud.IComponent, System.IDisposable :: void New();")]
    [InlineData("public interface IJob\n    {\n        void New();", "breaks  + public interface IJob :: void New();")]
    [InlineData("public sealed class CacheLayout\n    {\n        public required int New { get; init; }", "breaks  + public sealed class CacheLayout :: public required int New { get; init; }")]
    [InlineData("public readonly struct PageView\n    {\n        public int New { get; init; }", "adds    + public readonly struct PageView :: public int New { get; init; }")]
    [InlineData("public readonly struct KeyRun\n    {\n        public int New { get; init; }", "breaks  + public readonly struct KeyRun :: public int New { get; init; }")]
    [InlineData("public readonly struct SequenceSlice\n    {\n        public readonly int New;", "breaks  + public readonly struct SequenceSlice :: public readonly int New;")]
    [InlineData("public readonly struct SequenceSlice\n    {\n        public int New { get; }", "adds    + public readonly struct SequenceSlice :: public int New { get; }")]
    public void What_a_new_member_means_depends_on_who_implements_it(string changed, string expected)
    {
        string header = changed.Split('\n')[0];
        ApiSurface before = new($"namespace Spud\n{{\n    {header}\n    {{\n    }}\n}}"), after = new($"namespace Spud\n{{\n    {changed}\n    }}\n}}");
        Assert.Equal([expected], ApiSurface.Changes(before, after));
        Assert.Equal([expected.Replace("adds  ", "breaks").Replace("+ ", "- ")], ApiSurface.Changes(after, before));
    }

    [Fact]
    public void A_new_type_adds_even_where_plugins_implement_it() =>
        Assert.All(ApiSurface.Changes(new(""), new("namespace Spud\n{\n    public interface IJob\n    {\n        void Run();\n    }\n}")), change => Assert.StartsWith("adds", change));

    [Fact]
    public void An_experimental_member_may_go_and_may_become_final_but_a_final_one_stays()
    {
        ApiSurface with = Of("        [System.Diagnostics.CodeAnalysis.Experimental(\"SPUD11\")]\n        void New();\n"), without = Of(""), final = Of("        void New();\n");
        Assert.Equal(["adds    + public interface IBuildContext :: void New();"], ApiSurface.Changes(without, with));
        Assert.Equal(["drops   - public interface IBuildContext :: void New();"], ApiSurface.Changes(with, without));
        Assert.Equal(["adds    ~ public interface IBuildContext :: void New(); is no longer experimental"], ApiSurface.Changes(with, final));
        Assert.Equal(["breaks  ~ public interface IBuildContext :: void New(); became experimental"], ApiSurface.Changes(final, with));

        static ApiSurface Of(string member) => new($"namespace Spud\n{{\n    public interface IBuildContext\n    {{\n{member}    }}\n}}");
    }

    [Fact]
    public void Members_of_an_experimental_type_are_experimental()
    {
        ApiSurface type = new("namespace Spud\n{\n    [System.Diagnostics.CodeAnalysis.Experimental(\"SPUD11\")]\n    public interface IFold\n    {\n        void New();\n    }\n}");
        Assert.All(ApiSurface.Changes(type, new("")), change => Assert.StartsWith("drops", change));
        Assert.Equal(2, ApiSurface.Changes(type, new("")).Length);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
