namespace Spud.Generation;

/// <summary>How many tokens the drafts of an engine's requests may have.</summary>
/// <param name="maxTokens">Maximum of the drafter.</param>
internal sealed class DraftLength(int maxTokens)
{
    /// <summary>The length of a sequence's next draft; 0 for none.</summary>
    /// <param name="sequence">Id of the sequence.</param>
    /// <param name="room">Number of tokens that the step has room for.</param>
    public int Of(int sequence, int room) => Math.Min(maxTokens, room);
}
