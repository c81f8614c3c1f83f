using System.Globalization;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>
/// Whether the keys and values of one text fit this machine's memory. Pages take memory from the system when they are first used, so that without a
/// check, the system would end the process in the middle of a prompt.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="pages">All pages.</param>
/// <param name="contextTokens">Maximum length of a text.</param>
/// <param name="memory">The machine's memory.</param>
internal sealed class TextRoom(ModelDescription model, PageStore pages, int contextTokens, MachineMemory memory)
{
    private readonly long _bytes = pages.BytesOfOneText;

    /// <summary>Checks a text as long as the context.</summary>
    /// <param name="isAsked">Whether this length was asked for; if not, shorter texts may be meant.</param>
    /// <param name="log">Receives a warning; null for none.</param>
    /// <exception cref="CompositionException">It was asked for and does not fit.</exception>
    public void RequireContext(bool isAsked, Action<string>? log)
    {
        if (_bytes <= memory.AvailableBytes)
            return;

        bool fits = _bytes <= memory.TotalBytes;
        string reason = Reason(contextTokens, _bytes, fits ? memory.AvailableBytes : memory.TotalBytes, fits ? "is available now" : "is all that this machine has");
        if (isAsked && !fits)
            throw new CompositionException(reason, new InsufficientMemoryException(reason));

        log?.Invoke(reason);
    }

    /// <summary>Checks a text before it is read.</summary>
    /// <param name="tokens">Its length.</param>
    /// <exception cref="ContextOverflowException">It does not fit.</exception>
    public void Require(int tokens)
    {
        double bytesPerToken = (double)_bytes / contextTokens, bytes = bytesPerToken * tokens;
        if (bytes > memory.TotalBytes)
            throw new ContextOverflowException(tokens, (int)(memory.TotalBytes / bytesPerToken), reason: Reason(tokens, bytes, memory.TotalBytes, "is all that this machine has"));
    }

    private string Reason(int tokens, double bytes, long room, string which) => string.Create(
        CultureInfo.InvariantCulture, $"The keys and values of {tokens:N0} tokens take {PageAdvice.Size(bytes)}, and {PageAdvice.Size(room)} of memory {which}. {PageAdvice.ToFit(model, tokens, bytes, room)}");
}
