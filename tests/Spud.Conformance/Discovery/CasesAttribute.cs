using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Spud.Conformance.Discovery;

/// <summary>
/// The cases of a test: each variant of each component of a role, and with each of them what <paramref name="source"/> lists. The test's
/// parameters are the variant's label and, where there is a source, the name of the case.
/// </summary>
/// <param name="role">The role, or null for all of them.</param>
/// <param name="source">Null, or a type with a public or internal static method <c>IEnumerable&lt;string&gt; NamesFor(Subject)</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CasesAttribute(string role, Type? source = null) : DataAttribute
{
    /// <summary>Whether a contract has any.</summary>
    public bool AnyFor(Type contract) => Subjects(contract).Any(subject => subject.SkipReason is not null || Names(subject).Any());

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        // Inherited test methods: the class that is run is the reflected one.
        List<ITheoryDataRow> rows = [];
        foreach (Subject subject in Subjects(testMethod.ReflectedType!))
        {
            foreach (string? name in subject.SkipReason is not null && source is not null ? ["all"] : Names(subject))
                rows.Add(new TheoryDataRow(name is null ? [subject.Label] : [subject.Label, name]) { Skip = subject.SkipReason });
        }

        return new(rows);
    }

    private IEnumerable<Subject> Subjects(Type contract) => PluginUnderTest.Of(contract).Subjects.Where(subject => subject.Role == role);

    private IEnumerable<string?> Names(Subject subject) => source is null
        ? new string?[] { null }
        : (IEnumerable<string?>)source.GetMethod("NamesFor", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.Invoke(null, [subject])!;
}
