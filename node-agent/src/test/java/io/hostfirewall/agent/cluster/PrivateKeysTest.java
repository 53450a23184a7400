package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivateKeysTest {

  /** Before the key itself in PKCS #8 of an RSA key of 2048 bits: RFC 5208 with RFC 8017. */
  private static final int RSA_HEADER = 26;

  private static KeyPair rsa() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static KeyPair elliptic(String curve) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static String pem(String kind, byte[] key) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(key), kind);
  }

  @Test
  void keys_of_either_kind_are_read() throws GeneralSecurityException {
    for (var key : new KeyPair[] {rsa(), elliptic("secp256r1")}) {
      assertThat(PrivateKeys.read(pem("PRIVATE KEY", key.getPrivate().getEncoded())))
          .isEqualTo(key.getPrivate());
    }
  }

  @Test
  void rsa_keys_are_read_as_kubeadm_writes_them() throws GeneralSecurityException {
    var key = rsa().getPrivate();
    var inner = Arrays.copyOfRange(key.getEncoded(), RSA_HEADER, key.getEncoded().length);
    assertThat(PrivateKeys.read(pem("RSA PRIVATE KEY", inner))).isEqualTo(key);
  }

  /** RFC 5915: version 1, the number, the curve; and before it what openssl writes. */
  @ParameterizedTest
  @CsvSource({"secp256r1, 06082a8648ce3d030107, 32", "secp521r1, 06052b81040023, 66"})
  void elliptic_curve_keys_are_read_as_k3s_writes_them(String curve, String identifier, int size)
      throws GeneralSecurityException {
    var key = (ECPrivateKey) elliptic(curve).getPrivate();
    var oid = HexFormat.of().parseHex(identifier);
    var content = new ByteArrayOutputStream();
    content.writeBytes(new byte[] {2, 1, 1, 4, (byte) size});
    content.writeBytes(padded(key.getS(), size));
    content.writeBytes(new byte[] {(byte) 0xa0, (byte) oid.length});
    content.writeBytes(oid);
    var sec1 = new ByteArrayOutputStream();
    sec1.writeBytes(new byte[] {0x30, (byte) content.size()});
    sec1.writeBytes(content.toByteArray());
    var read = PrivateKeys.read("# made by hand\n" + pem("EC PRIVATE KEY", sec1.toByteArray()));
    assertThat(((ECPrivateKey) read).getS()).isEqualTo(key.getS());
    assertThat(((ECPrivateKey) read).getParams().getCurve()).isEqualTo(key.getParams().getCurve());
  }

  private static byte[] padded(BigInteger number, int size) {
    var bytes = number.toByteArray();
    var padded = new byte[size];
    var length = Math.min(bytes.length, size);
    System.arraycopy(bytes, bytes.length - length, padded, size - length, length);
    return padded;
  }

  @Test
  void what_is_no_key_is_refused() {
    assertThatThrownBy(() -> PrivateKeys.read("nothing"))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("no private key in PEM");
    assertThatThrownBy(() -> PrivateKeys.read(pem("EC PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1})))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("does not tell its curve");
  }
}
