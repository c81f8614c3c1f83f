namespace Spud;

/// <summary>
/// What is new in a minor version is marked <c>[Experimental(Experiments.Id)]</c> until work that needs it has used it: until then it may
/// change or go, and a plugin that uses it says so with <c>&lt;NoWarn&gt;SPUD11&lt;/NoWarn&gt;</c>.
/// </summary>
internal static class Experiments
{
    /// <summary>Id of the compiler's diagnostic.</summary>
    public const string Id = "SPUD11";
}
