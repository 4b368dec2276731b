using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Crossbench.Tests.Torch;

/// <summary>Writes types and members in the notation of torchsharp-api.txt, without the nullable marks of reference types.</summary>
internal static class ApiPrinter
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    internal static string FullName(Type type)
    {
        var name = Generic(type.IsNested ? $"{FullName(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}", type, ",");
        return name;
    }

    internal static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return [string.Join(", ", Enum.GetNames(type).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}={Enum.Format(type, Enum.Parse(type, n), "d")}")))];
        }

        return type.GetConstructors(Declared & ~BindingFlags.Static).Where(Visible).Select(c => Access(c) + $"new {type.Name}({Parameters(c)})")
            .Concat(type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly).Select(Field))
            .Concat(type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(Visible)).Select(Property))
            .Concat(type.GetMethods(Declared).Where(m => Visible(m) && !IsAccessor(m) && !OfObject(m)).Select(Method));
    }

    private static bool Visible(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo m) => m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool OfObject(MethodInfo m) => m.GetBaseDefinition().DeclaringType == typeof(object);

    private static string Access(MethodBase m) => m.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo m)
    {
        var access = Access(m);
        if (m.IsStatic)
        {
            return access + "static ";
        }

        if (!m.IsVirtual || m.IsFinal)
        {
            return access;
        }

        return access + (m.GetBaseDefinition() != m ? "override " : m.IsAbstract ? "abstract " : "virtual ");
    }

    private static string Field(FieldInfo f)
        => (f.IsPublic ? "" : "protected ") + (f.IsStatic ? "static " : "") + (f.IsInitOnly ? "readonly " : "") + $"{Name(f.FieldType)} {f.Name};";

    private static string Property(PropertyInfo p)
    {
        var accessors = p.GetAccessors(true).Where(Visible).ToList();
        var indices = p.GetIndexParameters();
        var name = indices.Length == 0 ? p.Name : $"this[{Parameters(indices)}]";
        var get = p.GetMethod is { } g && Visible(g) ? "get; " : "";
        var set = p.SetMethod is { } s && Visible(s) ? "set; " : "";
        return $"{Modifiers(accessors[0])}{Name(p.PropertyType)} {name} {{ {get}{set}}}";
    }

    private static string Method(MethodInfo m)
    {
        var name = m.Name switch
        {
            "op_Implicit" => $"implicit operator {Name(m.ReturnType)}",
            "op_Explicit" => $"explicit operator {Name(m.ReturnType)}",
            _ => m.Name,
        };
        var generic = m.IsGenericMethodDefinition ? $"<{string.Join(", ", m.GetGenericArguments().Select(a => a.Name))}>" : "";
        var extension = m.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        return $"{Modifiers(m)}{Name(m.ReturnType)} {name}{generic}({extension}{Parameters(m)})";
    }

    private static string Parameters(MethodBase m) => Parameters(m.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo p)
    {
        var prefix = p.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : p.ParameterType.IsByRef ? "ref " : "";
        return $"{prefix}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + Default(p) : "")}";
    }

    private static string Default(ParameterInfo p)
    {
        var type = Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType;
        return p.DefaultValue switch
        {
            null => "null",
            bool b => b ? "true" : "false",
            var value when type.IsEnum => $"{type.Name}.{Enum.GetName(type, value)}",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true || type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
        {
            return $"({string.Join(", ", type.GetGenericArguments().Select(Name))})";
        }

        var prefix = type.IsNested && type.DeclaringType != typeof(torch) ? type.DeclaringType!.Name + "." : "";
        return Generic(prefix + type.Name, type, ", ");
    }

    private static string Generic(string name, Type type, string separator)
    {
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(separator, type.GetGenericArguments().Select(Name))}>";
    }
}
