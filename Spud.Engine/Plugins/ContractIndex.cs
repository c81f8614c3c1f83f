using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Spud.Plugins.Native;

namespace Spud.Plugins;

/// <summary>The types and members of this host's contract. Members of a type are read on demand.</summary>
internal sealed class ContractIndex
{
    private readonly MetadataReader _reader = ContractMetadata.Open();
    // Rows and joined strings rather than handles and pairs: .NET has precompiled collections of these, while others would cost time at every
    // start of the program.
    private readonly Dictionary<string, int> _types = [];
    private readonly Dictionary<string, HashSet<string>> _members = [];

    public ContractIndex()
    {
        foreach (TypeDefinitionHandle handle in _reader.TypeDefinitions)
            _types[SignatureText.NameOf(_reader, handle)] = MetadataTokens.GetRowNumber(handle);
    }

    public bool HasType(string type) => _types.ContainsKey(type);

    /// <summary>Whether a type of the contract, or one of its base types, has a member.</summary>
    public bool HasMember(string type, string name, string signature)
    {
        for (string? at = type; at is not null; at = BaseOf(at))
        {
            if (!HasType(at))
                return true; // a .NET class: not checked here
            if (Members(at).Contains(Member(name, signature)))
                return true;
        }

        return false;
    }

    /// <summary>The base class; null for interfaces, and for types with no base class except the roots of .NET.</summary>
    private string? BaseOf(string type)
    {
        string? name = Definition(type).BaseType switch
        {
            { IsNil: true } => null,
            { Kind: HandleKind.TypeDefinition } handle => SignatureText.NameOf(_reader, (TypeDefinitionHandle)handle),
            { Kind: HandleKind.TypeReference } handle => SignatureText.NameOf(_reader, (TypeReferenceHandle)handle),
            _ => null,
        };
        return name is "System.Object" or "System.ValueType" or "System.Enum" ? null : name;
    }

    private static string Member(string name, string signature) => $"{name} {signature}";

    private TypeDefinition Definition(string type) => _reader.GetTypeDefinition(MetadataTokens.TypeDefinitionHandle(_types[type]));

    private HashSet<string> Members(string type)
    {
        if (_members.TryGetValue(type, out HashSet<string>? members))
            return members;
        members = [];
        TypeDefinition definition = Definition(type);
        foreach (MethodDefinitionHandle handle in definition.GetMethods())
        {
            MethodDefinition method = _reader.GetMethodDefinition(handle);
            members.Add(Member(_reader.GetString(method.Name), SignatureText.Method(method.DecodeSignature(SignatureText.Instance, null))));
        }

        foreach (FieldDefinitionHandle handle in definition.GetFields())
        {
            FieldDefinition field = _reader.GetFieldDefinition(handle);
            members.Add(Member(_reader.GetString(field.Name), field.DecodeSignature(SignatureText.Instance, null)));
        }

        return _members[type] = members;
    }
}
