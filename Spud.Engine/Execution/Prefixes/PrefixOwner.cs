namespace Spud.Execution;

/// <summary>Who may use a kept text, and the effort with which it was read.</summary>
/// <param name="Name">Requests with the same name share texts.</param>
/// <param name="Effort">The effort of all rows: keys depend on it.</param>
/// <param name="IsShared">False for a request's own text, which it continues after giving its pages back.</param>
internal sealed record PrefixOwner(string Name, float Effort, bool IsShared = true)
{
    /// <summary>Identity of an empty text.</summary>
    public PrefixId Root { get; } = PrefixId.Of(Name, Effort, IsShared);
}
