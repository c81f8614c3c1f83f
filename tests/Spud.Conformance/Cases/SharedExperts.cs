using Spud.Conformance.Discovery;

namespace Spud.Conformance.Cases;

/// <summary>Models with a shared expert, for components that know the trait.</summary>
internal static class SharedExperts
{
    public static IEnumerable<string> NamesFor(Subject subject) => ExpertsModels.NamesFor(subject).Where(model => model is "shared" or "gated shared");
}
