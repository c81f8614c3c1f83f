namespace Spud.Text.Tokenization;

/// <summary>Attributes of a token. A token that only looks like a control token keeps its attributes and also becomes Control.</summary>
[Flags]
internal enum TokenAttributes : byte
{
    None = 0,
    Unknown = 1,
    Normal = 2,
    Control = 4,
    UserDefined = 8,
    Byte = 16,

    /// <summary>White space before the token belongs to it.</summary>
    StripLeft = 32,

    /// <summary>White space after the token belongs to it.</summary>
    StripRight = 64,

    /// <summary>Structures an answer and is shown in its text, but is a control token in prompts.</summary>
    Structural = 128,

    /// <summary>Found in a text before everything else.</summary>
    Special = Unknown | Control | UserDefined,

    /// <summary>Not part of a text unless requested.</summary>
    Hidden = Unknown | Control,

    /// <summary>Found only where control tokens are parsed.</summary>
    Guarded = Hidden | Structural,
}
