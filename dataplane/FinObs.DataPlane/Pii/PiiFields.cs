using System.Collections.Frozen;

namespace FinObs.DataPlane.Pii;

/// <summary>Names of fields whose values are personal whatever their form. Case, hyphens and underscores do not count.</summary>
internal static class PiiFields
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "account", "accountid", "accountnumber", "counterparty", "counterpartyid", "iban", "card", "cardnumber", "pan", "cvv", "cvc", "ssn", "socialsecuritynumber", "taxid", "tin", "routing", "routingnumber", "aba",
        "email", "mail", "phone", "phonenumber", "mobile", "telephone", "ip", "ipaddress", "clientip", "remoteip", "name", "fullname", "firstname", "lastname", "cardholder", "holder", "payer", "payee", "beneficiary",
        "address", "street", "zip", "zipcode", "postcode", "postalcode", "birthdate", "dateofbirth", "dob", "passport", "passportnumber", "driverslicense", "username", "customer", "customerid", "deviceid", "latitude",
        "longitude",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsPersonal(string name) => Names.Contains(Normal(name));

    private static string Normal(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
